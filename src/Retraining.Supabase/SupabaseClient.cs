using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Retraining.Execution;

namespace Retraining.Supabase;

/// <summary>Sends requests to a project; repeats those that the server could not serve, as it says itself (<c>Retry-After</c>) or ever more slowly.</summary>
/// <param name="project">Where, and with which key.</param>
/// <param name="time">Waits between attempts.</param>
/// <param name="handler">Instead of the network's own; must not follow redirects, which would carry the key elsewhere.</param>
public sealed class SupabaseClient(SupabaseProject project, TimeProvider time, HttpMessageHandler? handler = null) : IDisposable
{
    private const int Attempts = 6;
    private const int MaxWords = 400;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(2);

    private readonly HttpClient _http = new(handler ?? new SocketsHttpHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All });

    public string Location => project.Location;

    /// <param name="what">For messages: the table or file.</param>
    /// <param name="request">Makes a request anew for each attempt.</param>
    /// <param name="read">Reads the answer whole; an <see cref="IOException"/> is a reason to ask again.</param>
    /// <param name="cancellationToken">Stops waiting too.</param>
    /// <exception cref="PermanentStageException">The key is refused, or the server sends elsewhere.</exception>
    /// <exception cref="IOException">The server did not answer after several attempts.</exception>
    /// <exception cref="PageTooLargeException">The database stopped the request.</exception>
    public async Task<T> SendAsync<T>(
        string what, Func<SupabaseProject, HttpRequestMessage> request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var wait = TimeSpan.FromTicks(FirstWait.Ticks << (attempt - 1));
            string reason;
            try
            {
                using var message = request(project);
                using var response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
                if (!IsBusy(response.StatusCode))
                {
                    await RequireAccessAsync(what, response, cancellationToken);
                    return await read(response, cancellationToken);
                }

                wait = WaitOf(response.Headers.RetryAfter) ?? wait;
                reason = await TellAsync(response, cancellationToken);
                if (reason.Contains($"\"{PageTooLargeException.Timeout}\"", StringComparison.Ordinal))
                    throw new PageTooLargeException(reason);
            }
            catch (Exception error) when (error is IOException or HttpRequestException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                reason = project.Redact(error.Message);
            }

            if (attempt == Attempts)
                throw new IOException($"{Location}, {what}: no usable answer in {Attempts} attempts ({reason}), expected one");
            await Task.Delay(wait < LongestWait ? wait : LongestWait, time, cancellationToken);
        }
    }

    /// <summary>Status and the server's own words, shortened, on one line, without the key.</summary>
    public async Task<string> TellAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = new byte[MaxWords];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(text, text.Length, throwOnEndOfStream: false, cancellationToken);
        return Tell(response, Encoding.UTF8.GetString(text, 0, length));
    }

    /// <inheritdoc cref="TellAsync"/>
    public string Tell(HttpResponseMessage response, string body)
    {
        var words = (body.Length <= MaxWords ? body : body[..MaxWords]).ReplaceLineEndings(" ").Trim();
        return project.Redact($"{(int)response.StatusCode} {(words.Length == 0 ? response.ReasonPhrase : words)}".Trim());
    }

    public void Dispose() => _http.Dispose();

    private static bool IsBusy(HttpStatusCode status) => status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;

    private TimeSpan? WaitOf(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - time.GetUtcNow() : null);
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    private async Task RequireAccessAsync(string what, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new PermanentStageException(
                $"{Location}, {what}: refused with {await TellAsync(response, cancellationToken)}, expected {SupabaseProject.KeyVariable} to be a valid service role key");
        if ((int)response.StatusCode is >= 300 and < 400)
            throw new PermanentStageException(
                $"{Location}, {what}: found a redirect ({(int)response.StatusCode}), expected {SupabaseProject.UrlVariable} to be the project's own address");
    }
}

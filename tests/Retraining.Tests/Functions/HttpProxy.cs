using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Retraining.Tests.Functions;

/// <summary>Passes a request on to the worker and its answer back, as the Functions host does for workers that take HTTP themselves.</summary>
internal sealed class HttpProxy : IDisposable
{
    private const string Correlation = "x-ms-invocation-id";
    private static readonly string[] OfTheConnection = ["Connection", "Keep-Alive", "Transfer-Encoding"];
    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });

    public async Task PassAsync(HttpContext context, Uri worker, string invocationId)
    {
        var (request, response) = (context.Request, context.Response);
        using var passed = new HttpRequestMessage(new HttpMethod(request.Method), UriHelper.BuildAbsolute(
            worker.Scheme, HostString.FromUriComponent(worker), path: request.Path, query: request.QueryString));
        if (request.ContentLength > 0 || request.Headers.TransferEncoding.Count > 0)
            passed.Content = new StreamContent(request.Body);
        foreach (var (name, values) in request.Headers.Where(header => !IsOfTheConnection(header.Key)))
        {
            if (!passed.Headers.TryAddWithoutValidation(name, [.. values]))
                passed.Content?.Headers.TryAddWithoutValidation(name, [.. values]);
        }

        passed.Headers.TryAddWithoutValidation(Correlation, invocationId);
        using var answer = await _client.SendAsync(passed, context.RequestAborted);
        response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !IsOfTheConnection(header.Key)))
            response.Headers[name] = values.ToArray();
        await using var body = await answer.Content.ReadAsStreamAsync(context.RequestAborted);
        await body.CopyToAsync(response.Body, context.RequestAborted);
    }

    public void Dispose() => _client.Dispose();

    private static bool IsOfTheConnection(string header) => OfTheConnection.Contains(header, StringComparer.OrdinalIgnoreCase);
}

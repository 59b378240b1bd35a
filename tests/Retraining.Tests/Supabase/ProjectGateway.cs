using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Retraining.Tests.Supabase;

/// <summary>A Supabase project at one address, as its functions see it: tables and functions, files, and who is signed in.</summary>
internal sealed class ProjectGateway : IAsyncDisposable
{
    private readonly HttpClient _client = new();
    private readonly WebApplication _application;
    private readonly Dictionary<string, string> _services;

    private ProjectGateway(RestServer rest, StorageServer storage)
    {
        _services = new() { ["rest"] = rest.Address, ["storage"] = storage.Address };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(AnswerAsync);
    }

    /// <summary>Users by their tokens.</summary>
    public Dictionary<string, string> Tokens { get; } = new(StringComparer.Ordinal);

    /// <summary>Services that answer 503: <c>rest</c>, <c>storage</c>, <c>auth</c>.</summary>
    public HashSet<string> Down { get; } = new(StringComparer.Ordinal);

    /// <summary>Paths in order of arrival.</summary>
    public List<string> Requests { get; } = [];

    public string Address => _application.Urls.Single();

    public static async Task<ProjectGateway> StartAsync(RestServer rest, StorageServer storage)
    {
        var gateway = new ProjectGateway(rest, storage);
        await gateway._application.StartAsync();
        return gateway;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _client.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!.Trim('/');
        lock (Requests)
            Requests.Add(path);
        var service = path.Split('/')[0];
        if (Down.Contains(service))
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        else if (path == "auth/v1/user")
            await TellUserAsync(context);
        else if (_services.TryGetValue(service, out var address))
            await ForwardAsync(context, address);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private Task TellUserAsync(HttpContext context)
    {
        var token = context.Request.Headers.Authorization.ToString().Split(' ')[^1];
        if (context.Request.Headers["apikey"] == RestServer.Key && Tokens.TryGetValue(token, out var user))
            return context.Response.WriteAsJsonAsync(new { id = user, aud = "authenticated", role = "authenticated" });
        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        return context.Response.WriteAsJsonAsync(new { code = 403, error_code = "bad_jwt", msg = "invalid JWT" });
    }

    private async Task ForwardAsync(HttpContext context, string address)
    {
        var target = address + context.Request.Path + context.Request.QueryString;
        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), target);
        if (context.Request.ContentLength > 0)
            request.Content = new StreamContent(context.Request.Body);
        foreach (var (name, values) in context.Request.Headers.Where(header => header.Key is not ("Host" or "Connection")))
        {
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!))
                request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values!);
        }

        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        context.Response.Headers.CacheControl = response.Headers.CacheControl?.ToString();
        await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}

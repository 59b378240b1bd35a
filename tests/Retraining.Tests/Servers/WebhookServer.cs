using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Retraining.Tests.Servers;

/// <summary>A Slack-compatible webhook: takes <c>{"text": …}</c> as JSON and answers <c>ok</c>, or what a test says.</summary>
internal sealed class WebhookServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebhookServer(int status)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/services/hunter2", async (HttpRequest request) =>
        {
            using var body = await JsonDocument.ParseAsync(request.Body);
            Texts.Enqueue(body.RootElement.GetProperty("text").GetString()!);
            return Results.Text("ok", statusCode: status);
        });
    }

    public string Url => $"{_app.Urls.First()}/services/hunter2";

    public ConcurrentQueue<string> Texts { get; } = new();

    public static async Task<WebhookServer> StartAsync(int status = StatusCodes.Status200OK)
    {
        var server = new WebhookServer(status);
        await server._app.StartAsync();
        return server;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}

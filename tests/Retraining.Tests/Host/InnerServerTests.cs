using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Retraining.Host.Http;

namespace Retraining.Tests.Host;

/// <summary>The service inside another application that owns the socket and has routing, services and middleware of its own, as in a function app.</summary>
public sealed class InnerServerTests
{
    private static readonly HostSettings Inside = HostFixture.Loopback with { InstancePath = "/api/instances", OwnTimer = false };

    [Fact]
    public async Task Answer_StartThenFollowItsLinks_ServesTheRunUnderItsOwnPath()
    {
        await using var host = await HostFixture.StartAsync(place: Inside);
        await using var outer = await OuterAsync(host);
        using var client = new HttpClient { BaseAddress = new Uri(outer.Urls.First()) };

        using var start = new HttpRequestMessage(HttpMethod.Post, "/api/retrain") { Headers = { { "x-functions-key", HostFixture.StartKey } } };
        var started = await client.SendAsync(start);
        var links = await started.JsonAsync();
        var status = await client.GetAsync(links.GetProperty("statusQueryGetUri").GetString());

        Assert.Equal(HttpStatusCode.Accepted, started.StatusCode);
        Assert.StartsWith($"{client.BaseAddress}api/instances/run-1?", links.GetProperty("statusQueryGetUri").GetString(), StringComparison.Ordinal);
        Assert.Equal("run-1", (await status.JsonAsync()).GetProperty("instanceId").GetString());
    }

    [Theory]
    [InlineData("/", HttpStatusCode.Unauthorized)]
    [InlineData("/healthz", HttpStatusCode.OK)]
    [InlineData("/api/runs", HttpStatusCode.Unauthorized)]
    public async Task Answer_WithoutAKey_LetsInWhereItDoesElsewhere(string path, HttpStatusCode expected)
    {
        await using var host = await HostFixture.StartAsync(place: Inside);
        await using var outer = await OuterAsync(host);
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri(outer.Urls.First()) };

        Assert.Equal(expected, (await client.GetAsync(path)).StatusCode);
    }

    private static async Task<WebApplication> OuterAsync(HostFixture host)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var outer = builder.Build();
        var inner = host.App.Services.GetRequiredService<InnerServer>();
        outer.Map("{*path}", (HttpContext context) => inner.AnswerAsync(context));
        await outer.StartAsync();
        return outer;
    }
}

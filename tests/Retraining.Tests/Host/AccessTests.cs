using System.Net;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Configuration;

namespace Retraining.Tests.Host;

public sealed class AccessTests
{
    // What everyone may see. A route that is not in this list must ask for a key.
    private static readonly string[] Open = ["GET /healthz", "GET /readyz", "GET /sign-in", "POST /sign-in", "POST /sign-out", "GET /assets/{name}"];

    [Fact]
    public async Task EveryRoute_WithoutAKey_Is401ExceptTheOpenOnes()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);
        var open = new List<string>();

        foreach (var (method, path) in Routes(host))
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Fill(path));
            var response = await client.SendAsync(request);
            if (response.StatusCode != HttpStatusCode.Unauthorized)
                open.Add($"{method} {path}");
        }

        Assert.Equal(Open.Order(), open.Order());
    }

    [Fact]
    public async Task EveryRouteThatChangesSomething_WithTheReadKey_Is403()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(HostFixture.ReadKey);
        var changing = Routes(host).Where(route => route.Method != "GET" && !Open.Contains($"{route.Method} {route.Path}")).ToList();
        Assert.NotEmpty(changing);

        foreach (var (method, path) in changing)
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Fill(path));
            Assert.Equal((path, HttpStatusCode.Forbidden), (path, (await client.SendAsync(request)).StatusCode));
        }
    }

    [Theory]
    [InlineData("x-functions-key", HostFixture.ReadKey, 200)]
    [InlineData("x-functions-key", HostFixture.StartKey, 200)]
    [InlineData("x-functions-key", HostFixture.ReadKey + "x", 401)]
    [InlineData("x-functions-key", "", 401)]
    [InlineData("?code", HostFixture.ReadKey, 200)]
    [InlineData("?code", "wrong", 401)]
    public async Task Key_InHeaderOrQuery_OpensWhenItIsRight(string where, string key, int code)
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client(key: null);
        using var request = new HttpRequestMessage(HttpMethod.Get, where == "?code" ? $"/api/runs?code={key}" : "/api/runs");
        if (where != "?code")
            request.Headers.Add(where, key);

        var response = await client.SendAsync(request);

        Assert.Equal(code, (int)response.StatusCode);
        if (code == 401)
            await response.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Answers_WhateverIsAsked_OpenNoOtherOrigin()
    {
        await using var host = await HostFixture.StartAsync();
        using var client = host.Client();
        client.DefaultRequestHeaders.Add("Origin", "https://elsewhere.example");

        var get = await client.GetAsync("/api/runs");
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/retrain");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        var options = await client.SendAsync(preflight);

        Assert.False(get.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.False(options.Headers.Contains("Access-Control-Allow-Origin"));
        Assert.Contains("default-src 'none'", Assert.Single(get.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(get.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("https://dashboard.example.org", true)]
    [InlineData("https://elsewhere.example", false)]
    public async Task Answers_AllowedOrigins_OpenToThoseAlone(string origin, bool open)
    {
        await using var host = await HostFixture.StartAsync(
            settings => settings with { Hosting = settings.Hosting with { AllowedOrigins = ["https://dashboard.example.org"] } });
        using var client = host.Client(key: null);
        client.DefaultRequestHeaders.Add("Origin", origin);
        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/retrain");
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        preflight.Headers.Add("Access-Control-Request-Headers", "x-functions-key,content-type");

        var asked = await client.SendAsync(preflight);
        var keyless = await client.GetAsync("/api/runs");

        string[] expected = open ? [origin] : [];
        Assert.Equal(expected, Allowed(asked));
        Assert.Equal(expected, Allowed(keyless));
        Assert.Equal(HttpStatusCode.Unauthorized, keyless.StatusCode); // an origin is no key
        Assert.False(keyless.Headers.Contains("Access-Control-Allow-Credentials"));

        static IEnumerable<string> Allowed(HttpResponseMessage response) =>
            response.Headers.TryGetValues("Access-Control-Allow-Origin", out var origins) ? origins : [];
    }

    [Theory]
    [InlineData("*")]
    [InlineData("dashboard.example.org")]
    [InlineData("https://dashboard.example.org/")]
    public async Task Start_OriginThatIsNone_EndsTheStart(string origin)
    {
        var error = await Assert.ThrowsAsync<SettingsException>(() => HostFixture.StartAsync(
            settings => settings with { Hosting = settings.Hosting with { AllowedOrigins = [origin] } }));

        Assert.Contains($"hosting.allowed_origins: \"{origin}\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_OverTheLimit_Is414()
    {
        await using var host = await HostFixture.StartAsync();

        await (await host.Client().GetAsync($"/api/runs?instanceIdPrefix={new string('x', 9_000)}")).ProblemAsync(HttpStatusCode.RequestUriTooLong);
        Assert.Equal(HttpStatusCode.OK, (await host.Client().GetAsync($"/api/runs?instanceIdPrefix={new string('x', 8_000)}")).StatusCode);
    }

    [Fact]
    public async Task Log_AfterRequestsWithKeys_HasNone()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Fault = new InvalidOperationException("the disk is gone");
        using var client = host.Client(key: null);

        await client.GetAsync($"/api/runs?code={HostFixture.StartKey}");
        await client.GetAsync($"/readyz?code={HostFixture.StartKey}");
        await client.GetAsync($"/api/runs?code=wrong-{HostFixture.StartKey}");
        await host.Client().GetAsync("/api/runs/x");

        Assert.Contains(host.Logged, line => line.Contains("the disk is gone", StringComparison.Ordinal));
        Assert.DoesNotContain(host.Logged, line => line.Contains(HostFixture.StartKey, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Unexpected_Error_TellsTheCallerNothing()
    {
        await using var host = await HostFixture.StartAsync();
        host.Runs.Fault = new InvalidOperationException("Password=hunter2");

        var response = await host.Client().GetAsync("/api/runs");

        await response.ProblemAsync(HttpStatusCode.InternalServerError);
        Assert.DoesNotContain("hunter2", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static List<(string Method, string Path)> Routes(HostFixture host)
    {
        var routes = host.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods
                .Select(method => (method, "/" + endpoint.RoutePattern.RawText!.Trim('/'))))
            .ToList();
        Assert.True(routes.Count > 10, $"{routes.Count} routes");
        return routes;
    }

    private static string Fill(string path) => path.Replace("{verb}", "suspend", StringComparison.Ordinal).Replace("{documentName}", "v1", StringComparison.Ordinal).Replace("{id}", "x", StringComparison.Ordinal)
        .Replace("{eventName}", "x", StringComparison.Ordinal).Replace("{name}", "page.css", StringComparison.Ordinal).Replace("{version}", "20261120_120000", StringComparison.Ordinal);
}

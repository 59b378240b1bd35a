using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Retraining.Tests.Azure;

/// <summary>The endpoint at which Azure hands a machine its managed identity's tokens (API version 2019-08-01), on the loopback.</summary>
internal sealed class IdentityEndpoint : IAsyncDisposable
{
    private const string Header = "the endpoint's own secret";

    private readonly WebApplication _application;

    private IdentityEndpoint()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.MapGet("/msi/token", Answer);
    }

    /// <summary>What tokens were asked for.</summary>
    public List<string> Resources { get; } = [];

    /// <summary>How long tokens hold from now on; negative for expired ones.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromHours(1);

    /// <summary>Tells a process of it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Variables =>
        [new("IDENTITY_ENDPOINT", $"{_application.Urls.Single()}/msi/token"), new("IDENTITY_HEADER", Header)];

    public static async Task<IdentityEndpoint> StartAsync()
    {
        var endpoint = new IdentityEndpoint();
        await endpoint._application.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private IResult Answer(HttpRequest request)
    {
        if (request.Headers["X-IDENTITY-HEADER"] != Header || request.Query["api-version"] != "2019-08-01")
            return Results.Json(new { statusCode = 401, message = "not from this machine" }, statusCode: StatusCodes.Status401Unauthorized);
        var resource = request.Query["resource"].ToString();
        lock (Resources)
            Resources.Add(resource);
        var ends = DateTimeOffset.UtcNow + Life;
        var token = Token(resource, ends);
        return Results.Json(new { access_token = token, expires_on = $"{ends.ToUnixTimeSeconds()}", resource, token_type = "Bearer" });
    }

    // The claims are what Azurite looks at; it has no keys of Entra's to check a signature with.
    private static string Token(string audience, DateTimeOffset ends)
    {
        const string Issuer = "https://sts.windows.net/00000000-0000-0000-0000-000000000001/";
        var from = ends.AddHours(-2).ToUnixTimeSeconds();
        var claims = new { aud = audience, iss = Issuer, iat = from, nbf = from, exp = ends.ToUnixTimeSeconds() };
        return $"{Part(new { alg = "RS256", typ = "JWT" })}.{Part(claims)}.{Part("unsigned")}";
    }

    private static string Part<T>(T content) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(content)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}

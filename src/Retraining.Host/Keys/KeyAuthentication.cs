using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Retraining.Host.Keys;

/// <summary>Who may come in: header <c>x-functions-key</c>, query <c>code</c>, or a browser that signed in.</summary>
internal sealed class KeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, AccessKeys keys, AccessCookie cookie)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Key";
    public const string Header = "x-functions-key";
    public const string Query = "code";

    /// <summary>The key that a request presents in its header or query; null when it presents none.</summary>
    public static string? Presented(HttpRequest request) =>
        request.Headers.TryGetValue(Header, out var header) ? header.ToString()
        : request.Query.TryGetValue(Query, out var code) ? code.ToString()
        : null;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Presented(Request) is { } presented)
        {
            return Task.FromResult(keys.Match(presented) is { } access
                ? Succeed(access)
                : AuthenticateResult.Fail("the key is not one of this host"));
        }

        return Task.FromResult(cookie.Read(Request) is { } signedIn && IsOwnRequest() ? Succeed(signedIn) : AuthenticateResult.NoResult());
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (HttpMethods.IsGet(Request.Method) && Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal))
        {
            Response.Redirect($"/sign-in?next={UrlEncoder.Encode(Request.Path)}");
            return Task.CompletedTask;
        }

        Response.Headers.WWWAuthenticate = $"{SchemeName} header=\"{Header}\"";
        return base.HandleChallengeAsync(properties);
    }

    // A cookie is sent by the browser on its own, so what changes something must come from a page of this host.
    // SameSite=Strict alone lets another port of the same machine through.
    private bool IsOwnRequest() =>
        HttpMethods.IsGet(Request.Method) || HttpMethods.IsHead(Request.Method)
        || Request.Headers.Origin == $"{Request.Scheme}://{Request.Host}";

    private static AuthenticateResult Succeed(Access access)
    {
        var claims = new List<Claim> { new(SchemeName, nameof(Access.Read)) };
        if (access == Access.Start)
            claims.Add(new Claim(SchemeName, nameof(Access.Start)));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity(claims, SchemeName)), SchemeName));
    }
}

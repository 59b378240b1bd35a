using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Routing;
using Retraining.Host.Keys;

namespace Retraining.Host.Page;

/// <summary>Turns a key into a signed-in browser, and back.</summary>
internal static class SignInRoutes
{
    private const string RateLimit = "sign-in";
    private const int TriesAMinute = 10;

    /// <summary>Slows guessing down: a few tries a minute from one address.</summary>
    public static void Limit(RateLimiterOptions limits)
    {
        limits.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limits.AddPolicy(RateLimit, http => RateLimitPartition.GetFixedWindowLimiter(
            http.Connection.RemoteIpAddress,
            _ => new FixedWindowRateLimiterOptions { PermitLimit = TriesAMinute, Window = TimeSpan.FromMinutes(1) }));
    }

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        var open = routes.MapGroup("").ExcludeFromDescription().AllowAnonymous();
        open.MapGet("/sign-in", (string? next) => Form(next, wrong: false));
        open.MapPost("/sign-in", SignInAsync).RequireRateLimiting(RateLimit);
        open.MapPost("/sign-out", (HttpResponse response) =>
        {
            AccessCookie.Take(response);
            return Results.Redirect("/sign-in");
        });
    }

    private static async Task<IResult> SignInAsync(HttpContext http, AccessKeys keys, AccessCookie cookie)
    {
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var next = form["next"].ToString();
        if (keys.Match(form["key"].ToString()) is not { } access)
            return Form(next, wrong: true);
        cookie.Give(http.Response, access);
        return Results.Redirect(IsLocal(next) ? next : "/");
    }

    // Only a path of this host: "//elsewhere" and "/\elsewhere" lead away.
    private static bool IsLocal(string? next) => next is ['/'] or ['/', not ('/' or '\\'), ..];

    private static IResult Form(string? next, bool wrong) => Layout.Document("Sign in", null, Html.Of($"""
        <main class="alone">
        <h1><span class="towers" aria-hidden="true"><i></i><i></i></span> Two-Tower Retraining</h1>
        {(wrong ? Html.Of($"<p class=\"error\" role=\"alert\">That is not a key of this host.</p>") : Html.Empty)}
        <form method="post" action="/sign-in">
        <input type="hidden" name="next" value="{(IsLocal(next) ? next : "/")}">
        <label>Key <input name="key" type="password" required autofocus autocomplete="current-password"></label>
        <button>Sign in</button>
        </form>
        </main>
        """), wrong ? StatusCodes.Status401Unauthorized : StatusCodes.Status200OK);
}

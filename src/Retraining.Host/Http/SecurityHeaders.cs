using Microsoft.AspNetCore.Http;

namespace Retraining.Host.Http;

/// <summary>Headers of every answer. Nothing is cached or framed, and a page runs only what this host serves.</summary>
internal sealed class SecurityHeaders(RequestDelegate next)
{
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        + "base-uri 'none'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "same-origin"; // with no-referrer a browser names no origin on a form, and own requests are told by it
        headers.CacheControl = "no-store";
        return next(http);
    }
}

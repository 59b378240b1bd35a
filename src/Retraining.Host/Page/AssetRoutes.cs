using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Retraining.Host.Page;

/// <summary>Style, script and icon, from the assembly. They hold nothing secret, and the sign-in page needs them.</summary>
internal static class AssetRoutes
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["page.css"] = "text/css; charset=utf-8",
        ["page.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    };

    public static void MapAssets(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/assets/{name}", (string name, HttpResponse response) =>
        {
            if (!Types.TryGetValue(name, out var type))
                return Results.NotFound();
            response.Headers.CacheControl = "no-cache";
            return Results.Stream(typeof(AssetRoutes).Assembly.GetManifestResourceStream(name)!, type);
        }).AllowAnonymous().ExcludeFromDescription();
}

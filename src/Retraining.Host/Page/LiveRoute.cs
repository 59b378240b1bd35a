using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;
using Retraining.Host.Http;

namespace Retraining.Host.Page;

/// <summary>Server-sent events: the parts of a page that changed, rendered by the page itself.</summary>
internal static class LiveRoute
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static void MapLive(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/live", Live).ExcludeFromDescription();

    internal sealed record Change(string Id, string Html);

    private static IResult Live(
        string? view, string? id, PageData data, ClaimsPrincipal user, IHostApplicationLifetime lifetime, TimeProvider time, HttpContext http)
    {
        if (view == "run" && (id is null || !RunIds.IsValid(id)))
            return Results.NotFound();
        return TypedResults.ServerSentEvents(
            ChangesAsync(
                cancel => RegionsAsync(view, id, data, PageRoutes.MayStart(user), cancel), time, lifetime.ApplicationStopping, http.RequestAborted));
    }

    private static async Task<IReadOnlyList<(string Id, Html Content)>> RegionsAsync(
        string? view, string? id, PageData data, bool mayStart, CancellationToken cancellationToken)
    {
        if (view != "run")
            return await OverviewPage.RegionsAsync(data, mayStart, cancellationToken);
        return await data.RunAsync(id!, cancellationToken) is { } run
            ? await OneRunPage.RegionsAsync(data, run, mayStart, cancellationToken)
            : [];
    }

    private static async IAsyncEnumerable<SseItem<Change>> ChangesAsync(
        Func<CancellationToken, Task<IReadOnlyList<(string Id, Html Content)>>> regions, TimeProvider time, CancellationToken stopping,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellationToken);
        var shown = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!either.IsCancellationRequested)
        {
            foreach (var (id, content) in await regions(either.Token))
            {
                var html = content.ToString();
                if (shown.GetValueOrDefault(id) == html)
                    continue;
                shown[id] = html;
                yield return new SseItem<Change>(new Change(id, html), "change");
            }

            await Task.Delay(Interval, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}

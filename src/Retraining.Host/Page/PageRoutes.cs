using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Host.Http;
using Retraining.Host.Keys;
using Retraining.Journal;
using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>The status page and its pages behind it.</summary>
internal static class PageRoutes
{
    private const int RunsOnAPage = 50;
    private static readonly RunStatus[] Filters = [RunStatus.Running, RunStatus.Completed, RunStatus.Failed, RunStatus.Terminated];

    public static void MapPages(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("").ExcludeFromDescription().AddEndpointFilter(SignInWithCode);
        pages.MapGet("/", OverviewAsync);
        pages.MapGet("/runs", RunsAsync);
        pages.MapGet("/runs/{id}", RunAsync);
        pages.MapGet("/models", ModelsAsync);
    }

    public static bool MayStart(ClaimsPrincipal user) => user.HasClaim(KeyAuthentication.SchemeName, nameof(Access.Start));

    // A link with ?code= signs the browser in and leaves the address bar and the history clean.
    private static async ValueTask<object?> SignInWithCode(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        if (!http.Request.Query.ContainsKey(KeyAuthentication.Query))
            return await next(context);
        http.RequestServices.GetRequiredService<AccessCookie>().Give(http.Response, MayStart(http.User) ? Access.Start : Access.Read);
        return Results.Redirect(http.Request.Path);
    }

    private static async Task<IResult> OverviewAsync(PageData data, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var regions = await OverviewPage.RegionsAsync(data, MayStart(user), cancellationToken);
        return Layout.Page("Now", "/", Html.All(regions, region => Layout.Region(region.Id, region.Content)), "view=overview");
    }

    private static async Task<IResult> RunAsync(
        string id, PageData data, SecretText secrets, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (!RunIds.IsValid(id))
            return Unknown(id);
        RunState? run;
        try
        {
            run = await data.RunAsync(id, cancellationToken);
        }
        catch (JournalUnreadableException error)
        {
            return Unreadable(id, secrets.Redact(error.Message));
        }

        if (run is null)
            return Unknown(id);
        var regions = await OneRunPage.RegionsAsync(data, run, MayStart(user), cancellationToken);
        var live = run.HasEnded ? null : $"view=run&id={Uri.EscapeDataString(id)}";
        return Layout.Page(id, "/runs", Html.All(regions, region => Layout.Region(region.Id, region.Content)), live);
    }

    private static IResult Unknown(string id) => Layout.Document(
        "Unknown run",
        live: null,
        Html.Of($"<main class=\"alone\"><h1>There is no run {id}.</h1><p><a href=\"/runs\">All runs</a></p></main>"),
        StatusCodes.Status404NotFound);

    private static IResult Unreadable(string id, string why) => Layout.Document(
        "Unreadable run",
        live: null,
        Html.Of($"""
            <main class="alone"><h1>Run {id} cannot be read.</h1><p class="error">{why}</p>
            <p>Without a backup: <code>retrain purge {id}</code> removes it. Published versions stay.</p><p><a href="/runs">All runs</a></p></main>
            """),
        StatusCodes.Status500InternalServerError);

    private static async Task<IResult> RunsAsync(HttpRequest request, PageData data, CancellationToken cancellationToken)
    {
        var token = InstanceQuery.Text(request, "token");
        var query = (InstanceQuery.Runs(request) ?? new RunQuery()) with { Top = RunsOnAPage, ContinuationToken = token };
        var page = await data.PageAsync(query, cancellationToken);
        var chosen = query.Statuses.Count == 1 ? query.Statuses[0] : (RunStatus?)null;
        var filters = Html.All(Filters, status => Filter(status == RunStatus.Terminated ? "Cancelled" : status.ToString(), $"?runtimeStatus={status}", status == chosen));
        var kept = chosen is null ? "" : $"&runtimeStatus={chosen}";
        var older = page.ContinuationToken is { } next
            ? Html.Of($"<p><a rel=\"next\" href=\"/runs?token={Uri.EscapeDataString(next)}{kept}\">Older runs</a></p>")
            : Html.Empty;
        return Layout.Page("Runs", "/runs", Html.Of($"""
            <h1>Runs</h1>
            <p class="filters">{Filter("All", "/runs", chosen is null)}{filters}</p>
            {RunTable.Draw(page.Runs, data.Now)}
            {older}
            """));
    }

    private static Html Filter(string title, string address, bool chosen) => chosen
        ? Html.Of($"<a href=\"{address}\" aria-current=\"true\">{title}</a>")
        : Html.Of($"<a href=\"{address}\">{title}</a>");

    private static async Task<IResult> ModelsAsync(PageData data, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var table = await data.VersionsAsync(cancellationToken) is { } versions
            ? VersionTable.Draw(versions, MayStart(user))
            : Html.Of($"<p class=\"error\">The ledger cannot be read; see the host's log.</p>");
        return Layout.Page("Models", "/models", Html.Of($"""
            <h1>Models</h1>
            <p class="quiet">Model, videos and users of a version go live together and roll back together.</p>
            {table}
            """));
    }
}

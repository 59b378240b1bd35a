using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Retraining.Approvals;
using Retraining.Host.Keys;
using Retraining.Journal;
using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>Durable Functions' management API over the runs: same addresses, shapes, codes and headers.</summary>
internal static class InstanceRoutes
{
    public const string Base = "/runtime/webhooks/durabletask/instances";

    public static void MapInstances(this IEndpointRouteBuilder routes, string path)
    {
        var instances = routes.MapGroup(path).WithTags("Durable instances");
        instances.MapGet("/", ListAsync).Produces<InstanceStatus[]>().WithSummary("Runs, newest first");
        instances.MapGet("/{id}", GetAsync).Produces<InstanceStatus>().Produces<InstanceStatus>(202).ProducesProblem(404)
            .WithSummary("One run: 202 while it runs, 200 when it has ended");
        instances.MapDelete("/{id}", PurgeAsync).RequireAuthorization(nameof(Access.Start)).Produces<PurgeResult>().ProducesProblem(404)
            .ProducesProblem(412).WithSummary("Remove an ended run's records");
        instances.MapDelete("/", PurgeManyAsync).RequireAuthorization(nameof(Access.Start)).Produces<PurgeResult>()
            .ProducesProblem(400).ProducesProblem(404).WithSummary("Remove the records of ended runs of a time");
        Steer(instances, "terminate", (runs, id, reason, ct) => runs.TerminateAsync(id, reason, ct));
        Steer(instances, "suspend", (runs, id, reason, ct) => runs.SuspendAsync(id, reason, ct));
        Steer(instances, "resume", (runs, id, reason, ct) => runs.ResumeAsync(id, reason, ct));
        instances.MapPost("/{id}/rewind", RewindAsync).RequireAuthorization(nameof(Access.Start)).Produces(202).ProducesProblem(404)
            .ProducesProblem(410).ProducesProblem(412).WithSummary("Go on with a failed run at its failed stage; ?reason= is recorded");
        instances.MapPost("/{id}/restart", RestartAsync).RequireAuthorization(nameof(Access.Start)).Produces<ManagementUris>(202)
            .ProducesProblem(400).ProducesProblem(409).WithSummary("Start a run with the input of an earlier one");
        instances.MapPost("/{id}/raiseEvent/{eventName}", RaiseEventAsync).RequireAuthorization(nameof(Access.Start)).Produces(202)
            .ProducesProblem(400).ProducesProblem(404).ProducesProblem(410).WithSummary("Hand an external event to a run");
    }

    internal sealed record PurgeResult(int InstancesDeleted);

    private delegate Task<ControlResult> Control(IRunClient runs, string id, string? reason, CancellationToken cancellationToken);

    private static void Steer(RouteGroupBuilder instances, string verb, Control control) =>
        instances.MapPost($"/{{id}}/{verb}", async (string id, HttpRequest request, IRunClient runs, CancellationToken cancellationToken) =>
                Answer(RunIds.IsValid(id)
                    ? await control(runs, id, InstanceQuery.Text(request, "reason"), cancellationToken)
                    : ControlResult.NotFound))
            .RequireAuthorization(nameof(Access.Start)).Produces(202).ProducesProblem(404).ProducesProblem(410)
            .WithSummary($"{char.ToUpperInvariant(verb[0])}{verb[1..]} a run; ?reason= is recorded");

    private static async Task<IResult> ListAsync(HttpContext http, IRunClient runs, CancellationToken cancellationToken)
    {
        var showInput = InstanceQuery.Flag(http.Request, "showInput", fallback: true);
        var query = InstanceQuery.Runs(http.Request);
        var page = query is null ? new RunPage([], null) : await runs.ListAsync(query with { WithRecords = true }, cancellationToken);
        http.Response.Headers[InstanceQuery.ContinuationToken] = page.ContinuationToken ?? "";
        return Results.Json(page.Runs.Select(run => InstanceStatus.Of(run, showInput)).ToArray(), HostJson.Options);
    }

    private static async Task<IResult> GetAsync(string id, HttpContext http, IRunClient runs, CancellationToken cancellationToken)
    {
        var request = http.Request;
        if (!RunIds.IsValid(id) || await runs.GetAsync(id, cancellationToken) is not { } run)
            return Results.NotFound();

        var showInput = InstanceQuery.Flag(request, "showInput", fallback: true);
        var history = InstanceQuery.Flag(request, "showHistory")
            ? InstanceHistory.Of(await runs.HistoryAsync(id, cancellationToken), showInput, InstanceQuery.Flag(request, "showHistoryOutput"))
            : null;
        var body = InstanceStatus.Of(run, showInput, history);
        if (run.HasEnded)
        {
            var asError = run.Status == RunStatus.Failed && InstanceQuery.Flag(request, "returnInternalServerErrorOnFailure");
            return Results.Json(body, HostJson.Options, statusCode: asError ? 500 : 200);
        }

        http.Response.Headers.Location = $"{ManagementUris.HostOf(request)}{request.Path}{request.QueryString}";
        http.Response.Headers.RetryAfter = "5";
        return Results.Json(body, HostJson.Options, statusCode: 202);
    }

    private static async Task<IResult> PurgeAsync(string id, IRunClient runs, CancellationToken cancellationToken)
    {
        if (!RunIds.IsValid(id))
            return Results.NotFound();
        try
        {
            if (await runs.GetAsync(id, cancellationToken) is { HasEnded: false } run)
                return Precondition($"run {id} is {run.Status}, expected one that has ended: terminate it first");
        }
        catch (JournalUnreadableException)
        {
            // Purging is the way out of it.
        }

        return await runs.PurgeAsync(id, cancellationToken) == ControlResult.Accepted ? Purged(1) : Results.NotFound();
    }

    private static async Task<IResult> PurgeManyAsync(HttpRequest request, IRunClient runs, CancellationToken cancellationToken)
    {
        if (InstanceQuery.Time(request, "createdTimeFrom") is null)
            return Results.Problem("Please provide value for 'createdTimeFrom' parameter.", statusCode: 400);
        InstanceQuery.RequireReadable(request); // a mistyped filter lists too much, but must not remove too much
        if (InstanceQuery.Runs(request) is not { } query)
            return Results.NotFound();

        var deleted = 0;
        foreach (var id in await EndedAsync(runs, query with { Top = 1000, IdPrefix = null, ContinuationToken = null }, cancellationToken))
        {
            if (await runs.PurgeAsync(id, cancellationToken) == ControlResult.Accepted)
                deleted++;
        }

        return deleted == 0 ? Results.NotFound() : Purged(deleted);
    }

    private static async Task<List<string>> EndedAsync(IRunClient runs, RunQuery query, CancellationToken cancellationToken)
    {
        var asked = query.Statuses.Contains(RunStatus.Unknown); // may be mended yet, so it goes only where it is named
        var ids = new List<string>();
        for (RunQuery? next = query; next is not null;)
        {
            var page = await runs.ListAsync(next, cancellationToken);
            ids.AddRange(page.Runs.Where(run => run.HasEnded && (run.Status != RunStatus.Unknown || asked)).Select(run => run.RunId));
            next = page.ContinuationToken is { } token ? query with { ContinuationToken = token } : null;
        }

        return ids;
    }

    private static async Task<IResult> RestartAsync(string id, HttpRequest request, IRunClient runs, CancellationToken cancellationToken)
    {
        if (!RunIds.IsValid(id) || await runs.GetAsync(id, cancellationToken) is not { } run)
            return Results.Problem("InstanceId does not match a valid orchestration instance.", statusCode: 400);
        if (InstanceQuery.Flag(request, "restartWithNewInstanceId", fallback: true))
            return new StartedResult(await runs.StartAsync(run.Request, runId: null, cancellationToken));
        if (!run.HasEnded)
            throw new RunInProgressException(id);

        await RequireNoneInProgressAsync(runs, cancellationToken); // before anything is removed
        await runs.PurgeAsync(id, cancellationToken);
        return new StartedResult(await runs.StartAsync(run.Request, id, cancellationToken));
    }

    private static async Task RequireNoneInProgressAsync(IRunClient runs, CancellationToken cancellationToken)
    {
        var query = new RunQuery { Statuses = [RunStatus.Pending, RunStatus.Running, RunStatus.Suspended] };
        if ((await runs.ListAsync(query, cancellationToken)).Runs.FirstOrDefault(run => !run.Interrupted) is { } other)
            throw new RunInProgressException(other.RunId);
    }

    private static async Task<IResult> RewindAsync(string id, HttpRequest request, IRunClient runs, CancellationToken cancellationToken)
    {
        if (!RunIds.IsValid(id) || await runs.GetAsync(id, cancellationToken) is not { } run)
            return Results.NotFound();
        if (!run.HasEnded)
            return Precondition($"run {id} is {run.Status}, expected one that has failed: resume it, or terminate it first");
        return Answer(run.Status == RunStatus.Failed
            ? await runs.RewindAsync(id, InstanceQuery.Text(request, "reason"), cancellationToken)
            : ControlResult.Gone);
    }

    private static async Task<IResult> RaiseEventAsync(
        string id, string eventName, HttpRequest request, IRunClient runs, CancellationToken cancellationToken)
    {
        if (!RunIds.IsValid(id) || await runs.GetAsync(id, cancellationToken) is not { } run)
            return Results.NotFound();
        if (run.HasEnded)
            return Answer(ControlResult.Gone);
        if (!request.HasJsonContentType())
            return Results.Problem("Only application/json request content is supported", statusCode: 400);
        var body = await JsonBody.ReadAsync(request, cancellationToken);
        if (body.ValueKind == JsonValueKind.Undefined)
            return Results.Problem("the body is empty, expected the event's value as JSON, such as null", statusCode: 400);
        if (string.Equals(eventName, ApprovalAnswer.EventName, StringComparison.OrdinalIgnoreCase))
            ApprovalAnswer.Read(body); // a mistyped answer is refused here, where its sender sees it
        return Answer(await runs.RaiseEventAsync(id, eventName, body.GetRawText(), cancellationToken));
    }

    private static IResult Precondition(string detail) => Results.Problem(detail, statusCode: StatusCodes.Status412PreconditionFailed);

    private static IResult Purged(int count) => Results.Json(new PurgeResult(count), HostJson.Options);

    private static IResult Answer(ControlResult result) => result switch
    {
        ControlResult.Accepted => Results.StatusCode(StatusCodes.Status202Accepted),
        ControlResult.NotFound => Results.NotFound(),
        _ => Results.StatusCode(StatusCodes.Status410Gone),
    };
}

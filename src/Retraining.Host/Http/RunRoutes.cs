using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Retraining.Operations;
using Retraining.Schedule;

namespace Retraining.Host.Http;

/// <summary>Runs for people and dashboards: stages, progress, metrics, verdict.</summary>
internal static class RunRoutes
{
    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var api = routes.MapGroup("/api").WithTags("Runs");
        api.MapGet("/runs", ListAsync).Produces<RunList>().WithSummary("Runs, newest first, and when the next one is due")
            .WithDescription(
                "Of the stages only those in progress. Filters: runtimeStatus, createdTimeFrom, createdTimeTo, instanceIdPrefix, "
                + "top (1 to 1000), token (of the page before).");
        api.MapGet("/runs/{id}", GetAsync).Produces<RunView>().ProducesProblem(404).WithSummary("One run with its stages");
        api.MapGet("/schedule", Schedule).Produces<ScheduleView>().WithSummary("When the next run is due");
    }

    internal sealed record RunList(IReadOnlyList<RunItem> Runs, string? ContinuationToken, ScheduleView Schedule);

    internal sealed record ScheduleView(bool Enabled, string Expression, string TimeZone, DateTimeOffset? NextAt, string? NextRunId);

    private static async Task<IResult> ListAsync(
        HttpRequest request, IRunClient runs, WeeklySchedule schedule, ScheduleSettings settings, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var query = InstanceQuery.Runs(request);
        var page = query is null
            ? new RunPage([], null)
            : await runs.ListAsync(
                query with { ContinuationToken = InstanceQuery.Text(request, "token") ?? query.ContinuationToken }, cancellationToken);
        return Results.Json(
            new RunList([.. page.Runs.Select(RunItem.Of)], page.ContinuationToken, View(schedule, settings, time)), HostJson.Options);
    }

    private static async Task<IResult> GetAsync(string id, IRunClient runs, CancellationToken cancellationToken) =>
        RunIds.IsValid(id) && await runs.GetAsync(id, cancellationToken) is { } run
            ? Results.Json(RunView.Of(run), HostJson.Options)
            : Results.NotFound();

    private static IResult Schedule(WeeklySchedule schedule, ScheduleSettings settings, TimeProvider time) =>
        Results.Json(View(schedule, settings, time), HostJson.Options);

    private static ScheduleView View(WeeklySchedule schedule, ScheduleSettings settings, TimeProvider time)
    {
        var next = settings.Enabled ? schedule.Next(time.GetUtcNow()) : null;
        return new ScheduleView(settings.Enabled, schedule.Expression, schedule.TimeZone, next?.At, next?.RunId);
    }
}

using Retraining.Operations;

namespace Retraining.Host.Http;

/// <summary>
/// A run as the API's list tells it. The run's own address has its request, its whole result and the stages that have ended, too.
/// </summary>
internal sealed record RunItem(
    string Id, RunStatus Status, bool Interrupted, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string StartedBy, bool DryRun,
    int StagesCompleted, IReadOnlyList<RunView.Stage> Stages, RunEnding? Ending, string? Error)
{
    public static RunItem Of(RunBrief run) => new(
        run.RunId, run.Status, run.Interrupted, run.CreatedAt, run.UpdatedAt, run.StartedBy, run.DryRun,
        run.StagesCompleted, [.. run.Running.Select(RunView.Stage.Of)], run.Ending, run.Error);
}

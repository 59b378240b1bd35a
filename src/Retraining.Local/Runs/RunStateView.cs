using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>Turns a folded journal and the newest progress into what people look at.</summary>
internal static class RunStateView
{
    /// <summary>A run that has ended: nothing of it moves.</summary>
    public static RunState Of(RunHistory ended) => Of(ended, new Dictionary<int, StageProgress>(), attended: false);

    public static RunState Of(RunHistory history, IReadOnlyDictionary<int, StageProgress> progress, bool attended) => new()
    {
        RunId = history.Started.RunId,
        Status = history.Status,
        CreatedAt = history.Started.StartedAt,
        UpdatedAt = history.UpdatedAt,
        Request = history.Started.Request,
        Result = history.Result,
        Error = history.Error,
        Interrupted = !history.HasEnded && !attended,
        Stages = StagesOf(history, progress),
    };

    private static IReadOnlyList<StageState> StagesOf(RunHistory history, IReadOnlyDictionary<int, StageProgress> progress) =>
        [.. history.Calls.Values.OrderBy(call => call.StartedAt).ThenBy(call => call.Call).Select(call => Of(call, history, progress))];

    private static StageState Of(RecordedCall call, RunHistory history, IReadOnlyDictionary<int, StageProgress> progress) => new()
    {
        Name = call.Stage,
        Title = call.Title,
        Status = call.Result is not null ? StageStatus.Completed
            : call.Failed || history.HasEnded ? StageStatus.Failed
            : StageStatus.Running,
        StartedAt = call.StartedAt,
        EndedAt = call.EndedAt ?? (history.HasEnded ? history.UpdatedAt : null),
        Attempts = call.Attempts,
        Error = call.Error ?? (history.HasEnded && !call.HasOutcome ? "stopped with the run" : null),
        Failures = call.Failures,
        Progress = call.HasOutcome ? null : progress.GetValueOrDefault(call.Call),
        ResultJson = call.Result?.GetRawText(),
    };
}

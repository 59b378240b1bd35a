using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Approvals;

/// <summary>Whether a run waits for a person's answer, and to what.</summary>
public static class OpenApproval
{
    private static readonly string Wait = EventWait.NameOf(ApprovalAnswer.EventName);

    public static bool IsIn(RunState run) => !run.HasEnded && IsIn(run.Stages);

    public static bool IsIn(RunBrief run) => IsIn(run.Running);

    /// <summary>What people were asked; null when nobody was, or when the engine keeps no results of stages.</summary>
    public static AskedApproval? QuestionOf(RunState run) =>
        run.Stages.LastOrDefault(stage => stage.Name == Stages.AskApproval.Name)?.ResultJson is { } json
            ? JsonSerializer.Deserialize<AskedApproval>(json, RecordJson.Options)
            : null;

    private static bool IsIn(IReadOnlyList<StageState> stages) =>
        stages.Any(stage => stage.Name == Wait && stage.Status == StageStatus.Running);
}

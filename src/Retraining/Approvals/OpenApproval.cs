using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Approvals;

/// <summary>Whether a run waits for a person's answer, and to what.</summary>
public static class OpenApproval
{
    private static readonly string Wait = EventWait.NameOf(ApprovalAnswer.EventName);

    public static bool IsIn(RunState run) =>
        !run.HasEnded && run.Stages.Any(stage => stage.Name == Wait && stage.Status == StageStatus.Running);

    /// <summary>What people were asked; null when nobody was, or when the engine keeps no results of stages.</summary>
    public static AskedApproval? QuestionOf(RunState run) =>
        run.Stages.LastOrDefault(stage => stage.Name == Stages.AskApproval.Name)?.ResultJson is { } json
            ? JsonSerializer.Deserialize<AskedApproval>(json, RecordJson.Options)
            : null;
}

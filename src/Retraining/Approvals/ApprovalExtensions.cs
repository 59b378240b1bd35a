using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Approvals;

public static class ApprovalExtensions
{
    /// <summary>Answers a run that waits for approval; one that does not yet takes the answer when it comes to ask.</summary>
    public static Task<ControlResult> AnswerAsync(this IRunClient runs, string runId, ApprovalAnswer answer, CancellationToken cancellationToken) =>
        runs.RaiseEventAsync(runId, ApprovalAnswer.EventName, JsonSerializer.Serialize(answer, RecordJson.Options), cancellationToken);
}

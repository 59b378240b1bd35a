using System.Text.Json;
using Microsoft.DurableTask.Client;
using Retraining.Execution;
using Retraining.Host.Durable;
using Retraining.Operations;

namespace Retraining.DurableTask;

/// <summary>A hub's record of a run in this program's words.</summary>
internal static class RunStates
{
    /// <param name="found">Fetched with inputs and outputs.</param>
    public static RunState Of(OrchestrationMetadata found)
    {
        var status = FromHub(found.RuntimeStatus);
        return new RunState
        {
            RunId = found.InstanceId,
            Status = status,
            CreatedAt = found.CreatedAt,
            UpdatedAt = found.LastUpdatedAt,
            Request = found.ReadInputAs<DurableRun>()!.ReadRequest(),
            Result = status == RunStatus.Completed ? found.ReadOutputAs<JsonElement>().Deserialize<RetrainingResult>(RecordJson.Options) : null,
            Error = status switch
            {
                RunStatus.Failed => found.FailureDetails?.ErrorMessage ?? "failed without saying why",
                RunStatus.Terminated => found.SerializedOutput?.Trim('"'),
                _ => null,
            },
            Stages = StageBoard.Read(found.SerializedCustomStatus),
        };
    }

    /// <inheritdoc cref="Of"/>
    public static RunBrief BriefOf(OrchestrationMetadata found)
    {
        var run = Of(found);
        return RunBrief.Of(run) with
        {
            RequestJson = JsonSerializer.SerializeToUtf8Bytes(run.Request, RecordJson.Options),
            ResultJson = JsonSerializer.SerializeToUtf8Bytes(run.Result, RecordJson.Options),
        };
    }

    public static OrchestrationRuntimeStatus ToHub(RunStatus status) => status switch
    {
        RunStatus.Pending => OrchestrationRuntimeStatus.Pending,
        RunStatus.Running => OrchestrationRuntimeStatus.Running,
        RunStatus.Suspended => OrchestrationRuntimeStatus.Suspended,
        RunStatus.Completed => OrchestrationRuntimeStatus.Completed,
        RunStatus.Failed => OrchestrationRuntimeStatus.Failed,
        RunStatus.Terminated => OrchestrationRuntimeStatus.Terminated,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "expected a status that hubs know"),
    };

    private static RunStatus FromHub(OrchestrationRuntimeStatus status) => status switch
    {
        OrchestrationRuntimeStatus.Pending => RunStatus.Pending,
        OrchestrationRuntimeStatus.Suspended => RunStatus.Suspended,
        OrchestrationRuntimeStatus.Completed => RunStatus.Completed,
        OrchestrationRuntimeStatus.Failed => RunStatus.Failed,
        OrchestrationRuntimeStatus.Terminated => RunStatus.Terminated,
        _ => RunStatus.Running, // Running, and what older hubs still call ContinuedAsNew.
    };
}

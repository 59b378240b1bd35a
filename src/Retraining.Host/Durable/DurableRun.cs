using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Host.Durable;

/// <summary>Input of an orchestration. The request is kept as <see cref="RecordJson"/> writes it, whatever the hub's own JSON is like.</summary>
/// <param name="StartedAt">When the run was first started: a run that goes on after a failure keeps it, and with it its version.</param>
public sealed record DurableRun(DateTimeOffset StartedAt, JsonElement Request)
{
    /// <summary>Name of the orchestrator.</summary>
    public const string Orchestrator = nameof(RetrainingPipeline);

    public static DurableRun Of(RetrainingRequest request, DateTimeOffset startedAt) =>
        new(startedAt, JsonSerializer.SerializeToElement(request, RecordJson.Options));

    public RetrainingRequest ReadRequest() => Request.Deserialize<RetrainingRequest>(RecordJson.Options)!;
}

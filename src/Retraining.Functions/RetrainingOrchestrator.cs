using System.Text.Json;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Retraining.DurableTask;
using Retraining.Host.Durable;

namespace Retraining.Functions;

/// <summary>The one definition of the pipeline as a Durable orchestrator, and the lease that starts take.</summary>
public static class RetrainingOrchestrator
{
    [Function(DurableRun.Orchestrator)]
    public static Task<JsonElement> RunAsync([OrchestrationTrigger] TaskOrchestrationContext orchestration) =>
        DurableContext.RunAsync(orchestration, orchestration.GetInput<DurableRun>()!, RetrainingPipeline.RunAsync);

    [Function(StartLease.Orchestrator)]
    public static Task HoldAsync([OrchestrationTrigger] TaskOrchestrationContext orchestration) => StartLease.HoldAsync(orchestration);
}

using System.Security.Cryptography;
using System.Text.Json;
using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Retraining.Artifacts;
using Retraining.Host.Durable;
using Retraining.Operations;

namespace Retraining.DurableTask;

/// <summary>Runs on a Durable Task hub.</summary>
public sealed class DurableRuns(HubClient hub, IArtifactStore work, TimeProvider time) : IRunClient
{
    private static readonly OrchestrationRuntimeStatus[] InProgress =
        [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    private static readonly OrchestrationRuntimeStatus[] Any =
        [.. InProgress, OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    public async Task<string> StartAsync(RetrainingRequest request, string? runId, CancellationToken cancellationToken)
    {
        await using var lease = await StartLease.TakeAsync(hub.Client, RefuseASecondAsync, time, cancellationToken);
        if (runId is not null && await FindAsync(runId, cancellationToken) is not null)
            throw StartedBefore(runId); // whatever the hub makes of ids that have ended
        var startedAt = time.GetUtcNow();
        var id = runId ?? $"run-{startedAt.UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
        await ScheduleAsync(id, DurableRun.Of(request, startedAt), Any, cancellationToken);
        return id;
    }

    public async Task<RunState?> GetAsync(string runId, CancellationToken cancellationToken)
    {
        if (await FindAsync(runId, cancellationToken) is not { } found)
            return null;

        var state = RunStates.Of(found);
        var stages = new List<StageState>();
        foreach (var stage in state.Stages)
        {
            stages.Add(stage.Status == StageStatus.Running && !state.HasEnded
                ? stage with { Progress = await Files(runId).ReadProgressAsync(stage.Name, cancellationToken) }
                : stage);
        }

        return state with { Stages = stages };
    }

    /// <summary>Hubs page in an order of their own, so newest first takes all: as many as the hub's retention leaves.</summary>
    public async Task<RunPage> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        var statuses = query.Statuses.Where(status => status != RunStatus.Unknown).Select(RunStates.ToHub).ToList();
        if (query.Statuses.Count > 0 && statuses.Count == 0)
            return new RunPage([], null); // a hub tells all its runs
        var filter = new OrchestrationQuery(
            CreatedFrom: query.CreatedFrom,
            CreatedTo: query.CreatedTo,
            Statuses: statuses.Count == 0 ? null : statuses,
            InstanceIdPrefix: query.IdPrefix,
            FetchInputsAndOutputs: true);
        var runs = new SortedDictionary<string, OrchestrationMetadata>(StringComparer.Ordinal);
        await foreach (var found in hub.Client.GetAllInstancesAsync(filter).WithCancellation(cancellationToken))
        {
            if (found.Name == DurableRun.Orchestrator)
                runs[Token(found)] = found;
        }

        var token = query.ContinuationToken;
        var older = runs.Reverse().SkipWhile(run => token is not null && string.CompareOrdinal(run.Key, token) >= 0).ToList();
        var next = older.Count > query.Top ? older[query.Top - 1].Key : null;
        return new RunPage([.. older.Take(query.Top).Select(run => RunStates.BriefOf(run.Value))], next);
    }

    public async Task<IReadOnlyList<RunEvent>> HistoryAsync(string runId, CancellationToken cancellationToken) =>
        await GetAsync(runId, cancellationToken) is { } run ? HubHistory.Of(run) : [];

    public Task<ControlResult> TerminateAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        ControlAsync(runId, async () =>
        {
            // The stage that runs stops by the file; terminating alone would let it work on.
            await Files(runId).CancelAsync(reason, cancellationToken);
            await hub.Client.TerminateInstanceAsync(runId, (object?)(reason ?? "cancelled"), cancellationToken);
        }, cancellationToken);

    public Task<ControlResult> SuspendAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        ControlAsync(runId, () => hub.Client.SuspendInstanceAsync(runId, reason, cancellationToken), cancellationToken);

    public Task<ControlResult> ResumeAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        ControlAsync(runId, () => hub.Client.ResumeInstanceAsync(runId, reason, cancellationToken), cancellationToken);

    /// <summary>A hub takes runs over by itself.</summary>
    public Task<ControlResult> TakeOverAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        Task.FromResult(ControlResult.Gone);

    public Task<ControlResult> RaiseEventAsync(string runId, string name, string json, CancellationToken cancellationToken) =>
        ControlAsync(runId, () => hub.Client.RaiseEventAsync(runId, name, JsonSerializer.Deserialize<JsonElement>(json), cancellationToken), cancellationToken);

    /// <summary>Runs the definition again under the same id, start and version: calls that were answered before are answered from their records.</summary>
    public async Task<ControlResult> RewindAsync(string runId, string? reason, CancellationToken cancellationToken)
    {
        if (await FindAsync(runId, cancellationToken) is not { } found)
            return ControlResult.NotFound;
        if (found.RuntimeStatus != OrchestrationRuntimeStatus.Failed)
            return ControlResult.Gone;

        await using var lease = await StartLease.TakeAsync(hub.Client, RefuseASecondAsync, time, cancellationToken);
        await Files(runId).GoOnAsync(cancellationToken);
        await ScheduleAsync(runId, found.ReadInputAs<DurableRun>()!, InProgress, cancellationToken);
        return ControlResult.Accepted;
    }

    public async Task<ControlResult> PurgeAsync(string runId, CancellationToken cancellationToken)
    {
        if (await FindAsync(runId, cancellationToken) is not { } found)
            return ControlResult.NotFound;
        if (!found.IsCompleted)
            return ControlResult.Gone;

        await hub.Client.PurgeInstanceAsync(runId, cancellationToken);
        await Files(runId).DeleteAsync(cancellationToken);
        return ControlResult.Accepted;
    }

    private async Task RefuseASecondAsync(CancellationToken cancellationToken)
    {
        await foreach (var other in hub.Client.GetAllInstancesAsync(new OrchestrationQuery(Statuses: InProgress)).WithCancellation(cancellationToken))
        {
            if (other.Name == DurableRun.Orchestrator)
                throw new RunInProgressException(other.InstanceId);
        }
    }

    private async Task ScheduleAsync(string id, DurableRun run, OrchestrationRuntimeStatus[] refuse, CancellationToken cancellationToken)
    {
        try
        {
            var options = new StartOrchestrationOptions(id).WithDedupeStatuses(refuse);
            await hub.Client.ScheduleNewOrchestrationInstanceAsync(DurableRun.Orchestrator, run, options, cancellationToken);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            throw StartedBefore(id);
        }
    }

    private async Task<ControlResult> ControlAsync(string runId, Func<Task> control, CancellationToken cancellationToken)
    {
        if (await FindAsync(runId, cancellationToken) is not { } found)
            return ControlResult.NotFound;
        if (found.IsCompleted)
            return ControlResult.Gone;
        await control();
        return ControlResult.Accepted;
    }

    private async Task<OrchestrationMetadata?> FindAsync(string runId, CancellationToken cancellationToken) =>
        await hub.Client.GetInstanceAsync(runId, getInputsAndOutputs: true, cancellationToken) is { Name: DurableRun.Orchestrator } found ? found : null;

    private static string Token(OrchestrationMetadata run) => $"{run.CreatedAt.UtcTicks:D19} {run.InstanceId}";

    private static RunInProgressException StartedBefore(string id) => new(id, $"run {id} was started before, expected a new id");

    private RunFiles Files(string runId) => new(work, runId);
}

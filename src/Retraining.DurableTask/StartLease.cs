using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Retraining.Operations;

namespace Retraining.DurableTask;

/// <summary>
/// Lets one start at a time look for a run in progress and schedule its own, whichever process it comes from. It is a small orchestration
/// under an id that the hub gives out once; who stops while holding it loses it after <see cref="Limit"/>.
/// </summary>
public sealed class StartLease : IAsyncDisposable
{
    /// <summary>Name of the orchestrator.</summary>
    public const string Orchestrator = "RetrainingStart";

    private const string InstanceId = "retraining-start";
    private const string Released = "released";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly DurableTaskClient _hub;

    private StartLease(DurableTaskClient hub) => _hub = hub;

    /// <summary>Body of the orchestrator.</summary>
    public static async Task HoldAsync(TaskOrchestrationContext orchestration)
    {
        try
        {
            await orchestration.WaitForExternalEvent<bool>(Released, Limit);
        }
        catch (OperationCanceledException)
        {
            // Whoever took it stopped before giving it back.
        }
    }

    /// <summary>Waits for the lease; disposing it gives it back.</summary>
    /// <param name="refuse">Throws when there is nothing to wait for; called before the lease is taken and while holding it.</param>
    /// <exception cref="RunInProgressException">From <paramref name="refuse"/>, or others hold the lease for longer than a start takes.</exception>
    public static async Task<StartLease> TakeAsync(
        DurableTaskClient hub, Func<CancellationToken, Task> refuse, TimeProvider time, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + Patience;
        while (true)
        {
            await refuse(cancellationToken);
            if (await TryTakeAsync(hub, cancellationToken) is { } lease)
            {
                await lease.CheckAsync(refuse, cancellationToken);
                return lease;
            }

            if (time.GetUtcNow() >= until)
                throw new RunInProgressException(InstanceId, $"another start has been going on for {Patience.TotalSeconds} s, expected it to end: try again in a minute");
            await Task.Delay(Look, time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync() => await _hub.RaiseEventAsync(InstanceId, Released, eventPayload: true, CancellationToken.None);

    private static async Task<StartLease?> TryTakeAsync(DurableTaskClient hub, CancellationToken cancellationToken)
    {
        try
        {
            var options = new StartOrchestrationOptions(InstanceId).WithDedupeStatuses(
                OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended);
            await hub.ScheduleNewOrchestrationInstanceAsync(Orchestrator, input: null, options, cancellationToken);
            return new StartLease(hub);
        }
        catch (OrchestrationAlreadyExistsException)
        {
            return null;
        }
    }

    private async Task CheckAsync(Func<CancellationToken, Task> refuse, CancellationToken cancellationToken)
    {
        try
        {
            await refuse(cancellationToken);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }
}

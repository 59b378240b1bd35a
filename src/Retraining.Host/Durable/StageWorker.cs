using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Host.Durable;

/// <summary>
/// Does stages for a hub. A call that was answered before, by whichever process, is answered from its record, so that a redelivered
/// activity and a run that goes on after a failure repeat nothing.
/// </summary>
public sealed class StageWorker(
    StageRegistry stages, IArtifactStore work, IsTransientFault isTransient, HasRunEnded hasEnded, SecretText secrets, TimeProvider time,
    ILogger<StageWorker> logger)
{
    /// <summary>How often a running stage tells its progress and asks whether it is cancelled.</summary>
    public static readonly TimeSpan WatchInterval = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(string RunId, int Call), Lazy<Task<StageAnswer>>> _doing = new();

    /// <exception cref="OperationCanceledException">This process stops; the hub hands the call to another one.</exception>
    public async Task<StageAnswer> RunAsync(IStageDescription stage, StageCall call, CancellationToken stopping)
    {
        // A hub that did not see this process for a while asks again for what is still being done here: done once, it answers both.
        var key = (call.RunId, call.Call);
        var doing = _doing.GetOrAdd(key, _ => new(() => DoAsync(stage, call, stopping)));
        try
        {
            return await doing.Value;
        }
        finally
        {
            _doing.TryRemove(new(key, doing));
        }
    }

    private async Task<StageAnswer> DoAsync(IStageDescription stage, StageCall call, CancellationToken stopping)
    {
        using var run = logger.BeginRun(call.RunId);
        using var scope = logger.BeginStage(stage.Name);
        var files = new RunFiles(work, call.RunId);
        using var limit = new CancellationTokenSource(stage.TimeLimit, time);
        using var cancelled = new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, limit.Token, cancelled.Token);
        TelemetrySpan? span = null;
        try
        {
            if (await files.ReadResultAsync(stage.Name, call, stopping) is { } known)
                return new StageAnswer(known, null, MayRetry: false);

            span = RunTelemetry.StartStage(call.RunId, stage.Name, time);
            span.Attempt = call.Attempt;
            var progress = new NewestProgress();
            var context = new StageContext(call.RunId, call.StartedAt, call.Attempt, new LoggedProgress(progress, time, logger));
            var running = Task.Run(() => stages.RunAsync(stage.Name, call.Input, context, either.Token), CancellationToken.None);
            await WatchAsync(running, files, stage.Name, progress, cancelled, stopping);
            var result = await running;
            await files.WriteResultAsync(stage.Name, call, result, stopping);
            span.Outcome = RunTelemetry.Completed;
            return new StageAnswer(result, null, MayRetry: false);
        }
        catch (Exception fault) when (!stopping.IsCancellationRequested)
        {
            var failure = Failure(stage, call, fault, limit.IsCancellationRequested, cancelled.IsCancellationRequested);
            span?.Fail(failure.Error!, fault);
            return failure;
        }
        finally
        {
            span?.Dispose();
        }
    }

    private StageAnswer Failure(IStageDescription stage, StageCall call, Exception fault, bool late, bool cancelled)
    {
        if (fault is OperationCanceledException && cancelled)
            return new StageAnswer(null, $"run {call.RunId} was cancelled", MayRetry: false);
        if (fault is OperationCanceledException && late)
            return new StageAnswer(null, $"attempt {call.Attempt} took longer than its limit of {stage.TimeLimit}", MayRetry: true);

        return new StageAnswer(null, secrets.Redact(FaultText.Of(fault)), isTransient(fault));
    }

    /// <summary>Returns when the stage has ended, however it did.</summary>
    private async Task WatchAsync(
        Task running, RunFiles files, string stage, NewestProgress progress, CancellationTokenSource cancelled, CancellationToken stopping)
    {
        while (!running.IsCompleted)
        {
            using var pause = CancellationTokenSource.CreateLinkedTokenSource(stopping);
            await Task.WhenAny(running, Task.Delay(WatchInterval, time, pause.Token));
            await pause.CancelAsync();
            if (running.IsCompleted || stopping.IsCancellationRequested || cancelled.IsCancellationRequested)
                break;

            try
            {
                if (progress.Take() is { } news)
                    await files.WriteProgressAsync(stage, news, stopping);
                if (await files.IsCancelledAsync(stopping) || await hasEnded(files.RunId, stopping))
                    await cancelled.CancelAsync();
            }
            catch (Exception fault)
            {
                // The stage does not depend on being watched, and the next look may succeed.
                logger.StageUnwatched(fault, stage, files.RunId);
            }
        }

        await Task.WhenAny(running);
    }
}

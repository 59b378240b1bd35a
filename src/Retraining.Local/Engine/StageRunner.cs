using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>Runs the stages of one run: slots, attempts, time limits, and the records of all that.</summary>
internal sealed class StageRunner(
    RunHistory history, OutcomeBook book, ProgressBoard progress, WorkSlots slots, SuspendGate gate, EngineServices services, ILogger logger)
{
    private readonly RunStartedContent _run = history.Started;

    /// <summary>Runs a stage to its outcome, records it and hands it on, in the same order for all stages.</summary>
    /// <exception cref="JournalWriteException">The outcome could not be recorded, so there is none.</exception>
    public async Task RunAsync<TIn, TOut>(
        Stage<TIn, TOut> stage, JsonElement input, int call, Action<StageOutcome> deliver, CancellationToken cancellationToken)
        where TIn : notnull
        where TOut : notnull
    {
        using var scope = logger.BeginStage(stage.Name);
        await gate.WaitAsync(cancellationToken);
        using var slot = await slots.EnterAsync(stage.Work, cancellationToken);
        await gate.WaitAsync(cancellationToken);

        var before = history.AttemptsOf(call, stage.Name); // in earlier processes, or before a rewind: the tries begin anew
        var started = services.Time.GetTimestamp();
        using var span = RunTelemetry.StartStage(_run.RunId, stage.Name, services.Time);
        for (var attempt = before + 1; ; attempt++)
        {
            book.Journal.Append(EventKinds.StageStarted, stage.Name, call, new StageStartedContent(stage.Title, input));
            logger.StageStarted(stage.Name, attempt);
            span.Attempt = attempt;
            Exception fault;
            try
            {
                var result = await AttemptAsync(stage, input, call, attempt, cancellationToken);
                span.Outcome = RunTelemetry.Completed;
                logger.StageCompleted(stage.Name, services.Time.GetElapsedTime(started).TotalMilliseconds);
                book.Complete(stage.Name, call, attempt, result, deliver);
                return;
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested && e is not JournalWriteException)
            {
                fault = e;
            }
            finally
            {
                progress.Remove(call);
            }

            if (!await GoesOnAsync(stage, call, attempt, attempt - before, fault, cancellationToken))
            {
                var error = Sentence(fault);
                span.Fail(error, fault);
                logger.StageFailed(stage.Name, attempt, error);
                book.Fail(stage.Name, call, attempt, error, deliver);
                return;
            }
        }
    }

    private async Task<JsonElement> AttemptAsync<TIn, TOut>(
        Stage<TIn, TOut> stage, JsonElement input, int call, int attempt, CancellationToken cancellationToken)
        where TIn : notnull
        where TOut : notnull
    {
        using var limit = new CancellationTokenSource(stage.TimeLimit, services.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var context = new StageContext(_run.RunId, _run.StartedAt, attempt, new LoggedProgress(progress.For(call), services.Time, logger));
        try
        {
            var value = input.Deserialize<TIn>(RecordJson.Options)!;
            var result = await services.Stages.Create(stage).RunAsync(value, context, either.Token);
            RunTelemetry.Measure(result);
            return JsonSerializer.SerializeToElement(result, RecordJson.Options);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested && limit.IsCancellationRequested)
        {
            throw new TimeoutException($"attempt {attempt} took longer than its limit of {stage.TimeLimit}", e);
        }
    }

    /// <summary>Records the failed attempt and waits for the next one, if there is one.</summary>
    /// <param name="tries">Attempts in this process.</param>
    private async Task<bool> GoesOnAsync<TIn, TOut>(
        Stage<TIn, TOut> stage, int call, int attempt, int tries, Exception fault, CancellationToken cancellationToken)
        where TIn : notnull
        where TOut : notnull
    {
        var again = tries < stage.Retry.MaxAttempts && services.IsTransient(fault);
        TimeSpan? delay = again ? RetryDelay.After(stage.Retry, tries, $"{_run.RunId}#{call}") : null;
        var error = Sentence(fault);
        book.Journal.Append(EventKinds.AttemptFailed, stage.Name, call, new AttemptFailedContent(attempt, error, delay?.TotalMilliseconds));
        if (delay is null)
            return false;

        logger.AttemptFailed(stage.Name, attempt, error, delay.Value.TotalMilliseconds);
        await Task.Delay(delay.Value, services.Time, cancellationToken);
        await gate.WaitAsync(cancellationToken);
        return true;
    }

    private string Sentence(Exception fault) => services.Secrets.Redact(FaultText.Of(fault));
}

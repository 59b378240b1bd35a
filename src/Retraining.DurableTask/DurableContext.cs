using System.Text.Json;
using Microsoft.DurableTask;
using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Host.Durable;

namespace Retraining.DurableTask;

/// <summary>The definition's view of its run on a Durable Task hub: stages are activities, time is the orchestration's.</summary>
public sealed class DurableContext(TaskOrchestrationContext orchestration, DateTimeOffset startedAt) : IPipelineContext
{
    // An attempt that no worker answered is asked for again after this long, where the stage's own policy knows no delay.
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(1);

    // What a worker answers that does other kinds of work, on a hub that does not ask who does what.
    private const string TakenByTheWrongWorker = "ActivityTaskNotFound";

    private readonly ILogger _logger = orchestration.CreateReplaySafeLogger<DurableContext>();
    private readonly StageBoard _board = new();
    private int _calls;

    public string RunId => orchestration.InstanceId;

    public DateTimeOffset StartedAt => startedAt;

    private DateTimeOffset Now => new(orchestration.CurrentUtcDateTime, TimeSpan.Zero);

    /// <summary>Body of the orchestrator.</summary>
    public static async Task<JsonElement> RunAsync(TaskOrchestrationContext orchestration, DurableRun run, PipelineDefinition definition)
    {
        var result = await definition(new DurableContext(orchestration, run.StartedAt), run.ReadRequest());
        return JsonSerializer.SerializeToElement(result, RecordJson.Options);
    }

    public async Task<TOut> CallAsync<TIn, TOut>(Stage<TIn, TOut> stage, TIn input)
        where TIn : notnull
        where TOut : notnull
    {
        var call = _calls++;
        var json = JsonSerializer.SerializeToElement(input, RecordJson.Options);
        for (var attempt = 1; ; attempt++)
        {
            _board.Started(stage, attempt, Now);
            orchestration.SetCustomStatus(_board.ToJson());
            var answer = await AskAsync(stage.Name, new StageCall(RunId, StartedAt, call, attempt, json));
            if (answer.Result is { } result)
            {
                _board.Completed(stage, Now);
                orchestration.SetCustomStatus(_board.ToJson());
                _logger.StageCompleted(RunId, stage.Name, attempt);
                return result.Deserialize<TOut>(RecordJson.Options)!;
            }

            var error = answer.Error ?? "failed without saying why";
            var forGood = !answer.MayRetry || attempt >= stage.Retry.MaxAttempts;
            _board.Failed(stage, error, forGood, Now);
            orchestration.SetCustomStatus(_board.ToJson());
            if (forGood)
            {
                _logger.StageFailed(RunId, stage.Name, attempt, error);
                throw new StageFailedException(stage.Name, attempt, error);
            }

            var delay = DelayAfter(stage.Retry, attempt);
            _logger.AttemptFailed(RunId, stage.Name, attempt, error, delay);
            await orchestration.CreateTimer(delay, CancellationToken.None);
        }
    }

    public async Task<TEvent?> WaitForEventAsync<TEvent>(string eventName, TimeSpan limit)
        where TEvent : class
    {
        var wait = new EventWait(eventName, limit).AsStage();
        _board.Started(wait, attempt: 1, Now);
        orchestration.SetCustomStatus(_board.ToJson());
        try
        {
            var value = await orchestration.WaitForExternalEvent<JsonElement>(eventName, limit);
            return value.Deserialize<TEvent>(RecordJson.Options);
        }
        catch (OperationCanceledException)
        {
            return null; // the time ran out
        }
        finally
        {
            _board.Completed(wait, Now);
            orchestration.SetCustomStatus(_board.ToJson());
        }
    }

    public Task DelayAsync(TimeSpan time) => orchestration.CreateTimer(time, CancellationToken.None);

    private async Task<StageAnswer> AskAsync(string stage, StageCall call)
    {
        while (true)
        {
            try
            {
                return await orchestration.CallActivityAsync<StageAnswer>(stage, call);
            }
            catch (TaskFailedException unanswered) when (unanswered.FailureDetails.ErrorType == TakenByTheWrongWorker)
            {
                // Nothing was attempted. The pause lets a worker that does such stages be the next to ask for work.
                await orchestration.CreateTimer(ShortestDelay, CancellationToken.None);
            }
            catch (TaskFailedException unanswered)
            {
                // A worker that could not even answer: it stopped, or its store did not let it.
                return new StageAnswer(null, unanswered.FailureDetails.ErrorMessage, MayRetry: true);
            }
        }
    }

    private static TimeSpan DelayAfter(Execution.RetryPolicy policy, int attempt)
    {
        var doubled = policy.FirstDelay * Math.Pow(2, attempt - 1);
        var delay = doubled < policy.MaxDelay ? doubled : policy.MaxDelay;
        return delay > ShortestDelay ? delay : ShortestDelay;
    }
}

using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Runs;

namespace Retraining.Local.Engine;

/// <summary>The definition's view of its run: recorded outcomes first, in the order in which they were recorded, then live ones.</summary>
internal sealed class JournaledContext(
    RunHistory history, DefinitionPump pump, StageRunner stages, WaitRunner waits, CancellationToken cancellationToken) : IPipelineContext
{
    private readonly Dictionary<int, PendingCall> _pending = [];
    private readonly List<Task> _live = [];
    private int _calls;
    private Exception? _broken;

    public string RunId => history.Started.RunId;
    public DateTimeOffset StartedAt => history.Started.StartedAt;

    public Task<TOut> CallAsync<TIn, TOut>(Stage<TIn, TOut> stage, TIn input)
        where TIn : notnull
        where TOut : notnull
        => Call(stage, input, (json, call, deliver) => stages.RunAsync(stage, json, call, deliver, cancellationToken));

    public async Task<TEvent?> WaitForEventAsync<TEvent>(string eventName, TimeSpan limit)
        where TEvent : class
    {
        var outcome = await WaitAsync(new EventWait(eventName, limit));
        return outcome.Value?.Deserialize<TEvent>(RecordJson.Options);
    }

    public Task DelayAsync(TimeSpan time) => WaitAsync(new EventWait(null, time));

    private Task<EventOutcome> WaitAsync(EventWait wait)
    {
        var stage = wait.AsStage();
        return Call(stage, wait, (json, call, deliver) => waits.RunAsync(stage, wait, json, call, deliver, cancellationToken));
    }

    private Task<TOut> Call<TIn, TOut>(Stage<TIn, TOut> stage, TIn input, Func<JsonElement, int, Action<StageOutcome>, Task> run)
        where TIn : notnull
        where TOut : notnull
    {
        if (SynchronizationContext.Current != pump)
            throw new InvalidOperationException($"{stage.Name} was called outside the definition's own thread of control, expected no ConfigureAwait(false) and no Task.Run in a definition");

        var call = _calls++;
        var json = JsonSerializer.SerializeToElement(input, RecordJson.Options);
        var pending = new PendingCall<TOut>(stage.Name, call, history.Started.Build);
        _pending.Add(call, pending);
        if (history.Calls.TryGetValue(call, out var recorded))
            RequireSame(recorded, stage, json, history.Started.Build);
        if (recorded is not { HasOutcome: true })
            _live.Add(Task.Run(() => RunLiveAsync(run, json, call), CancellationToken.None));
        return pending.Task;
    }

    /// <summary>Runs the definition to its end.</summary>
    public async Task<RetrainingResult> RunAsync(PipelineDefinition definition)
    {
        Task<RetrainingResult>? run = null;
        pump.Post(() => run = definition(this, history.Started.Request));
        pump.Drain();
        foreach (var call in history.Outcomes)
        {
            if (run!.IsCompleted)
                break;
            Deliver(history.Calls[call]);
            pump.Drain();
        }

        while (!run!.IsCompleted)
        {
            if (_pending.Count == 0)
                throw new InvalidOperationException("the definition awaits something that is not a stage, expected IPipelineContext calls only");
            await pump.WaitAsync(cancellationToken);
            pump.Drain();
            if (_broken is not null)
                throw _broken;
        }

        var result = await run;
        if (history.Calls.Values.FirstOrDefault(recorded => recorded.Call >= _calls) is { } left)
            throw new HistoryMismatchException(left.Call, left.Stage, "nothing more", history.Started.Build);
        return result;
    }

    /// <summary>Ends when no stage runs any more.</summary>
    public Task WhenLiveEndAsync() => Task.WhenAll(_live);

    public int LiveCount => _live.Count(task => !task.IsCompleted);

    private async Task RunLiveAsync(Func<JsonElement, int, Action<StageOutcome>, Task> run, JsonElement input, int call)
    {
        try
        {
            await run(input, call, outcome => pump.Post(() => Deliver(call, outcome)));
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested && e is not JournalWriteException)
        {
            // Nothing is recorded, so the stage runs again when the run goes on. Whoever cancelled records why.
        }
        catch (Exception e)
        {
            pump.Post(() => _broken = e);
        }
    }

    private void Deliver(RecordedCall recorded)
    {
        if (!_pending.ContainsKey(recorded.Call))
            throw new HistoryMismatchException(recorded.Call, recorded.Stage, "nothing there", history.Started.Build);

        Deliver(recorded.Call, recorded.Result is { } result
            ? new StageOutcome(result, null)
            : new StageOutcome(null, new StageFailedException(recorded.Stage, recorded.Attempts, recorded.Error ?? "failed")));
    }

    private void Deliver(int call, StageOutcome outcome)
    {
        if (!_pending.Remove(call, out var pending))
            return;
        if (outcome.Result is { } result)
            pending.Complete(result);
        else
            pending.Fail(outcome.Failure!);
    }

    /// <summary>Compares inputs as today's types write them, so that an optional member added since then is no difference.</summary>
    private static void RequireSame<TIn, TOut>(RecordedCall recorded, Stage<TIn, TOut> stage, JsonElement asked, string? build)
        where TIn : notnull
        where TOut : notnull
    {
        if (recorded.Stage != stage.Name)
            throw new HistoryMismatchException(recorded.Call, recorded.Stage, stage.Name, build);
        var today = Today<TIn>(recorded.Input);
        if (JsonElement.DeepEquals(recorded.Input, asked) || JsonElement.DeepEquals(today, asked))
            return;

        var (then, now) = InputDifference.Of(recorded.Input, today, asked);
        throw new HistoryMismatchException(recorded.Call, $"{stage.Name} with {then}", $"{stage.Name} with {now}", build);
    }

    private static JsonElement Today<TIn>(JsonElement input)
    {
        try
        {
            return JsonSerializer.SerializeToElement(input.Deserialize<TIn>(RecordJson.Options), RecordJson.Options);
        }
        catch (JsonException)
        {
            return input;
        }
    }
}

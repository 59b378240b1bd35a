using System.Text.Json;
using Retraining.Execution;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>Timers and waits for external events. They are recorded as stages are, and take no slot.</summary>
internal sealed class WaitRunner
{
    private readonly RunHistory _history;
    private readonly OutcomeBook _book;
    private readonly EventBox _events;
    private readonly TimeProvider _time;

    public WaitRunner(RunHistory history, OutcomeBook book, EventBox events, TimeProvider time)
    {
        (_history, _book, _events, _time) = (history, book, events, time);
        foreach (var raised in history.Raised)
            events.Raise(raised.Name, raised.Value);
        foreach (var taken in history.Calls.Values.Where(IsTaken))
            events.Drop(taken.Input.Deserialize<EventWait>(RecordJson.Options)!.EventName!);
    }

    public async Task RunAsync(
        Stage<EventWait, EventOutcome> stage, EventWait wait, JsonElement input, int call, Action<StageOutcome> deliver, CancellationToken cancellationToken)
    {
        var began = _history.Calls.GetValueOrDefault(call)?.StartedAt // goes on, and is no further attempt
            ?? _book.Journal.Append(EventKinds.StageStarted, stage.Name, call, new StageStartedContent(stage.Title, input)).At;
        var outcome = await WaitAsync(wait, Left(wait.Limit, began), cancellationToken);
        _book.Complete(stage.Name, call, attempts: 1, JsonSerializer.SerializeToElement(outcome, RecordJson.Options), deliver);
    }

    private async Task<EventOutcome> WaitAsync(EventWait wait, TimeSpan left, CancellationToken cancellationToken)
    {
        if (wait.EventName is { } name)
        {
            var value = await _events.TakeAsync(name, left, _time, cancellationToken);
            return new EventOutcome(value is not null, value);
        }

        await Task.Delay(left, _time, cancellationToken);
        return new EventOutcome(false, null);
    }

    /// <summary>Never more than the limit, also when the clock was set back.</summary>
    private TimeSpan Left(TimeSpan limit, DateTimeOffset began)
    {
        var left = began + limit - _time.GetUtcNow();
        return left < TimeSpan.Zero ? TimeSpan.Zero : left < limit ? left : limit;
    }

    private static bool IsTaken(RecordedCall call) =>
        call.Result is { ValueKind: JsonValueKind.Object } result && EventWait.IsEvent(call.Stage)
        && result.TryGetProperty("raised", out var raised) && raised.ValueKind == JsonValueKind.True;
}

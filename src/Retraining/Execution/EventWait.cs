namespace Retraining.Execution;

/// <summary>What a run waits for.</summary>
/// <param name="EventName">Name of an external event; null for a timer, which nothing ends early.</param>
/// <param name="Limit">Longest time, from when the wait was first recorded.</param>
public sealed record EventWait(string? EventName, TimeSpan Limit)
{
    private const string Prefix = "wait-";

    /// <summary>Name under which a wait for that event is recorded among the stages.</summary>
    public static string NameOf(string eventName) => Prefix + eventName;

    /// <summary>Whether a recorded stage is a wait for an event.</summary>
    public static bool IsEvent(string stage) => stage.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The wait as a stage, which is how engines record and show it.</summary>
    public Stage<EventWait, EventOutcome> AsStage() => EventName is { } name
        ? new(NameOf(name), $"Wait for {name}", WorkKind.Transfer, RetryPolicy.None, Limit)
        : new("delay", "Wait", WorkKind.Transfer, RetryPolicy.None, Limit);
}

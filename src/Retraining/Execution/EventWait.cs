namespace Retraining.Execution;

/// <summary>What a run waits for.</summary>
/// <param name="EventName">Name of an external event; null for a timer, which nothing ends early.</param>
/// <param name="Limit">Longest time, from when the wait was first recorded.</param>
public sealed record EventWait(string? EventName, TimeSpan Limit);

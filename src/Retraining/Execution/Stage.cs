namespace Retraining.Execution;

/// <summary>One unit of durable work (an activity, in Durable Task's words): its name in the history and how it is run.</summary>
/// <typeparam name="TIn">A small record with references, JSON-serialisable.</typeparam>
/// <typeparam name="TOut">A small record with references, JSON-serialisable.</typeparam>
/// <param name="Name">Stable: recorded histories hold it. Kebab case.</param>
/// <param name="Title">What it does, for people: <c>Train towers</c>.</param>
/// <param name="Work">Which kind of machine and concurrency it needs.</param>
/// <param name="Retry">How transient faults are retried.</param>
/// <param name="TimeLimit">Longest time for one attempt.</param>
public sealed record Stage<TIn, TOut>(string Name, string Title, WorkKind Work, RetryPolicy Retry, TimeSpan TimeLimit) : IStageDescription
    where TIn : notnull
    where TOut : notnull;

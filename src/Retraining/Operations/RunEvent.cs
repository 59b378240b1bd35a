namespace Retraining.Operations;

/// <summary>One record of a run's history.</summary>
/// <param name="Sequence">Position in the journal, from 0.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Kind">What happened: <c>run-started</c>, <c>stage-started</c>, <c>attempt-failed</c>, <c>stage-completed</c>, <c>run-completed</c> and so on.</param>
/// <param name="Stage">The stage it belongs to, if any.</param>
/// <param name="Json">Its content.</param>
public sealed record RunEvent(long Sequence, DateTimeOffset At, string Kind, string? Stage, string Json);

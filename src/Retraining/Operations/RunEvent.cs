namespace Retraining.Operations;

/// <summary>One record of a run's history.</summary>
/// <param name="Sequence">Position in the journal, from 0.</param>
/// <param name="At">When it was recorded.</param>
/// <param name="Kind">What happened: <c>run-started</c>, <c>stage-started</c>, <c>attempt-failed</c>, <c>stage-completed</c>, <c>run-completed</c> and so on.</param>
/// <param name="Stage">The stage it belongs to, if any.</param>
/// <param name="Json">Its content.</param>
/// <param name="Call">
/// Number of the definition's call that it belongs to, from 0; the parts of a stage are calls of their own. Null where an engine does not
/// number them.
/// </param>
public sealed record RunEvent(long Sequence, DateTimeOffset At, string Kind, string? Stage, string Json, int? Call = null);

namespace Retraining.Operations;

/// <summary>One attempt of a stage that failed.</summary>
/// <param name="Attempt">From 1.</param>
/// <param name="At">When it had failed.</param>
/// <param name="Error">One sentence, no secrets.</param>
/// <param name="RetryInMs">How long after it the next attempt began; null when there was none.</param>
public sealed record FailedAttempt(int Attempt, DateTimeOffset At, string Error, double? RetryInMs);

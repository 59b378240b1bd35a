namespace Retraining.Schedule;

/// <summary>One scheduled run.</summary>
/// <param name="At">When it is due.</param>
/// <param name="RunId"><c>retrain-{ISO year}-W{week}</c>: the same for everyone who computes it, so that a timer that fires twice starts once.</param>
public sealed record Occurrence(DateTimeOffset At, string RunId);

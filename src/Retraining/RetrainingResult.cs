using Retraining.Evaluation;

namespace Retraining;

/// <summary>How a run that did not fail ended.</summary>
public sealed record RetrainingResult
{
    public required RetrainingOutcome Outcome { get; init; }
    public required string Version { get; init; }
    public required Verdict Verdict { get; init; }

    public required EvaluationReport Evaluation { get; init; }

    /// <summary>Where the version lies, when it was published.</summary>
    public string? Location { get; init; }
}

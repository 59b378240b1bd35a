using Retraining.Artifacts;

namespace Retraining.Evaluation;

/// <summary>The gate's answer, rule by rule.</summary>
public sealed record Verdict
{
    /// <summary>All rules hold.</summary>
    public required bool Passed { get; init; }
    public required IReadOnlyList<GateRule> Rules { get; init; }

    /// <summary>Reason of the operator who publishes in spite of a failed rule; null otherwise.</summary>
    public string? OverrideReason { get; init; }

    /// <summary><c>gate.json</c>.</summary>
    public required ArtifactRef File { get; init; }

    public bool Publishes => Passed || OverrideReason is not null;
}

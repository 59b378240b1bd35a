using Retraining.Artifacts;

namespace Retraining.Dataset;

/// <summary>The data contract, rule by rule. A failed one blocks the run.</summary>
public sealed record ContractReport
{
    public required ArtifactRef Report { get; init; }
    public required int Rules { get; init; }

    /// <summary>Rules that failed, each as a sentence with found and expected.</summary>
    public required IReadOnlyList<string> Violations { get; init; }
}

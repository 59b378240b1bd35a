using Retraining.Artifacts;

namespace Retraining.Dataset;

/// <summary>The data contract, rule by rule. A failed one blocks the run.</summary>
public sealed record ContractReport
{
    /// <summary>Where the report of a run is, in the work store.</summary>
    public static string PathOf(string runId) => $"runs/{runId}/snapshot/contract.json";

    /// <summary>Every rule with what was found; it is there for a run that was blocked, too.</summary>
    public required ArtifactRef Report { get; init; }
    public required int Rules { get; init; }

    /// <summary>Rules that failed, each as a sentence with found and expected.</summary>
    public required IReadOnlyList<string> Violations { get; init; }
}

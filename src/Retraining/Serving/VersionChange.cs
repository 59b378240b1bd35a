namespace Retraining.Serving;

/// <summary>Who makes which version live, and why. Goes into the ledger.</summary>
public sealed record VersionChange
{
    public required string Version { get; init; }

    /// <summary>Who or what asked: a user, <c>schedule</c>.</summary>
    public required string By { get; init; }

    /// <summary>Needed for a rollback; null for a weekly run.</summary>
    public string? Reason { get; init; }

    /// <summary>Where the version's files are: <c>two-tower/v3/{version}/</c>.</summary>
    public required string ModelPath { get; init; }

    /// <summary>Quality on the hold-out by metric name; may be empty.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init; } = new Dictionary<string, double>();

    /// <summary>What each input segment does to an embedding, in [0, 2], by name; may be empty.</summary>
    public IReadOnlyDictionary<string, double> FeatureImportance { get; init; } = new Dictionary<string, double>();
}

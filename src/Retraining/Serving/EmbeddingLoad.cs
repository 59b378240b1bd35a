using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Serving;

/// <summary>The videos or the users of one version on their way into an index.</summary>
public sealed record EmbeddingLoad
{
    public required EmbeddingKind Kind { get; init; }
    public required string Version { get; init; }
    public required int Dim { get; init; }
    public required int Rows { get; init; }

    /// <summary>The ids of users are pseudonyms: a fresh embedding of one may only be stored under his.</summary>
    public bool PseudonymisedUsers { get; init; }

    /// <summary>SHA-256 of the embedding file; an index that already holds it does not load again.</summary>
    public required string ContentHash { get; init; }

    /// <summary>Opens the rows from the start; may be called again when a load is repeated.</summary>
    public required Func<CancellationToken, IAsyncEnumerable<EmbeddingRow>> ReadRows { get; init; }

    /// <summary>The snapshot behind the version, for an index that has no tables of the service beside it; null when only published files are at hand.</summary>
    public Func<CancellationToken, Task<SnapshotData>>? ReadSnapshot { get; init; }

    /// <summary>Decision types that count towards popularity.</summary>
    public required IReadOnlyList<string> PositiveDecisions { get; init; }

    public required IProgress<StageProgress> Progress { get; init; }
}

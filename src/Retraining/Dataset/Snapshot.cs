using Retraining.Artifacts;

namespace Retraining.Dataset;

/// <summary>The service's data at one moment, as Parquet files. Everything after the sync reads only this.</summary>
public sealed record Snapshot
{
    /// <summary>SHA-256 over the hashes of the tables: the same rows give the same hash.</summary>
    public required string Hash { get; init; }

    /// <summary>
    /// The moment that the data describes: that of the newest decision, at the latest the run's start, so that a data set may be years old.
    /// Ages and 30-day windows of serving features count back from here.
    /// </summary>
    public required DateTimeOffset AsOf { get; init; }

    public required ArtifactRef Profiles { get; init; }
    public required ArtifactRef Videos { get; init; }

    /// <summary><c>user_id, item_id, label, weight, timestamp</c>, in order of (user_id, timestamp, item_id).</summary>
    public required ArtifactRef Interactions { get; init; }

    /// <summary>Rows that were put aside, each with file, row, field and reason; null when there are none.</summary>
    public ArtifactRef? Quarantine { get; init; }

    /// <summary>What the sync saw: counts, shares, distributions.</summary>
    public required ArtifactRef Report { get; init; }

    /// <summary>Users with a profile or a decision; null in snapshots that earlier builds recorded.</summary>
    public int? UserCount { get; init; }

    /// <summary>User ids are pseudonyms (<c>source.pseudonymise_users</c>), and so are those that the version's embeddings are kept under.</summary>
    public bool PseudonymisedUsers { get; init; }

    public required int ProfileCount { get; init; }
    public required int VideoCount { get; init; }
    public required int InteractionCount { get; init; }
    public required int PositiveCount { get; init; }
    public required int QuarantinedCount { get; init; }
}

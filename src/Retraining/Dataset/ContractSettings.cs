using System.ComponentModel.DataAnnotations;

namespace Retraining.Dataset;

/// <summary>When a snapshot blocks the run.</summary>
public sealed record ContractSettings
{
    /// <summary>Largest share of rows of a table in quarantine, in [0, 1]; orphaned decisions and duplicate ids have limits of their own.</summary>
    [Range(0.0, 1.0)]
    public double MaxQuarantinedShare { get; init; } = 0.05;

    /// <summary>Largest drop of a table's row count against the last published snapshot, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MaxRowDrop { get; init; } = 0.3;

    /// <summary>Share of positives among the interactions, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MinPositiveShare { get; init; } = 0.01;

    /// <summary>Fewest users with a positive interaction.</summary>
    [Range(0, int.MaxValue)]
    public int MinUsers { get; init; } = 20;

    /// <summary>Fewest positive interactions.</summary>
    [Range(0, int.MaxValue)]
    public int MinPositives { get; init; } = 200;

    /// <summary>Largest share of decisions for a video that is not there, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MaxOrphanShare { get; init; } = 0.05;

    /// <summary>Largest share of reviews of a product that is no video, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MaxUnknownReviewShare { get; init; } = 0.9;

    /// <summary>Largest share of profiles or videos with an id that an earlier row has, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MaxDuplicateShare { get; init; } = 0.01;

    /// <summary>Largest share of decisions that a newer one of the same user for the same video replaces, in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MaxSupersededShare { get; init; } = 0.5;

    /// <summary>Largest share of videos of which nothing is known (no title, tags, performers, maker), in [0, 1].</summary>
    [Range(0.0, 1.0)]
    public double MaxBareVideoShare { get; init; } = 0.5;

    /// <summary>Largest share of users without a profile, in [0, 1]; reviewers have none, so the default allows all.</summary>
    [Range(0.0, 1.0)]
    public double MaxUsersWithoutProfileShare { get; init; } = 1;
}

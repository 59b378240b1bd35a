namespace Retraining.Source;

/// <summary>What became of a table's rows.</summary>
public sealed record TableCounts
{
    public required long Read { get; init; }

    /// <summary>Rows in the snapshot.</summary>
    public required long Kept { get; init; }

    /// <summary>Rows put aside for whatever reason, orphans and duplicate ids included.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Of the quarantined: a second row with the same id.</summary>
    public long DuplicateIds { get; init; }

    /// <summary>Of the quarantined: decisions for a video that is not there.</summary>
    public long Orphans { get; init; }

    /// <summary>Decisions that a newer one of the same user for the same video replaced. Not quarantined.</summary>
    public long Superseded { get; init; }

    /// <summary>Share of the rows read, in [0, 1]; 0 of nothing.</summary>
    public double Share(long rows) => Read == 0 ? 0 : (double)rows / Read;
}

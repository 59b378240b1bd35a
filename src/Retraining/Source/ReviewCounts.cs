namespace Retraining.Source;

/// <summary>What the reviews of a sync held.</summary>
public sealed record ReviewCounts
{
    public required int Files { get; init; }
    public required long Rows { get; init; }

    /// <summary>Rows that could not be read; they are in the quarantine.</summary>
    public required long Faulty { get; init; }

    /// <summary>Rows whose product is no video that is known. Neither kept nor in the quarantine.</summary>
    public required long UnknownRows { get; init; }

    /// <summary>Products that are no video.</summary>
    public required long UnknownProducts { get; init; }

    /// <summary>The unknown products with the most rows.</summary>
    public required IReadOnlyList<UnknownProduct> TopUnknown { get; init; }

    /// <summary>Products that became new videos.</summary>
    public required long NewVideos { get; init; }

    /// <summary>Videos whose product URL another video has too; reviews go to the first id.</summary>
    public required long SharedUrls { get; init; }

    /// <summary>Reviewers with a usable review.</summary>
    public required long Reviewers { get; init; }

    /// <summary>Videos with a usable review.</summary>
    public required long Videos { get; init; }

    /// <summary>Usable rows by stars.</summary>
    public required SortedDictionary<string, long> Stars { get; init; }

    /// <summary>Reviewers by the number of their usable rows.</summary>
    public required IReadOnlyList<RowBand> RowsPerReviewer { get; init; }

    /// <summary>Videos by the number of their usable rows.</summary>
    public required IReadOnlyList<RowBand> RowsPerVideo { get; init; }

    /// <summary>Share of <see cref="Rows"/> in [0, 1] with an unknown product; 0 of nothing.</summary>
    public double UnknownShare => Rows == 0 ? 0 : (double)UnknownRows / Rows;
}

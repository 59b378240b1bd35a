namespace Retraining.Source;

/// <summary>One row of <c>videos</c> with its tags and performers.</summary>
public sealed record Video
{
    public required string Id { get; init; }
    public string? ExternalId { get; init; }
    public string? Title { get; init; }
    public string? Description { get; init; }
    public int? DurationSeconds { get; init; }
    public double? Price { get; init; }
    public string? Maker { get; init; }
    public string? Label { get; init; }
    public string? Series { get; init; }
    public string? Director { get; init; }
    public string? Source { get; init; }
    public string? ProductUrl { get; init; }
    public string? ThumbnailUrl { get; init; }
    public DateTimeOffset? ProductReleasedAt { get; init; }
    public DateTimeOffset? DistributionStartedAt { get; init; }
    public DateTimeOffset? PublishedAt { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public short? SafetyLevel { get; init; }
    public IReadOnlyList<string> RegionCodes { get; init; } = [];
    public bool IsActive { get; init; } = true;

    /// <summary>Distinct, in ordinal order.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Distinct, in ordinal order.</summary>
    public IReadOnlyList<string> Performers { get; init; } = [];

    /// <summary>Precomputed from title and description by whatever the service uses; in a snapshot all have one width. Null where there is none.</summary>
    public float[]? TextVector { get; init; }

    /// <summary>Precomputed from pictures; as <see cref="TextVector"/>.</summary>
    public float[]? ImageVector { get; init; }
}

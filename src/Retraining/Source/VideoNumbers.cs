namespace Retraining.Source;

/// <summary>What a <see cref="PackedVideo"/> has beside its texts. Moments are unix milliseconds, UTC.</summary>
public readonly record struct VideoNumbers
{
    public int? DurationSeconds { get; init; }
    public double? Price { get; init; }
    public short? SafetyLevel { get; init; }
    public bool IsActive { get; init; }
    public long? ProductReleasedAt { get; init; }
    public long? DistributionStartedAt { get; init; }
    public long? PublishedAt { get; init; }
    public long? CreatedAt { get; init; }
}

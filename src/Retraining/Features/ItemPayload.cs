using System.Text.Json.Serialization;
using Retraining.Source;

namespace Retraining.Features;

/// <summary>What a client knows of one video: a row of <c>get_item_embedding_feature_batch</c>. v2 reads the members up to performers.</summary>
public sealed record ItemPayload
{
    [JsonPropertyName("video_id")]
    public required string VideoId { get; init; }

    [JsonPropertyName("price")]
    public double? Price { get; init; }

    [JsonPropertyName("duration_seconds")]
    public int? DurationSeconds { get; init; }

    [JsonPropertyName("product_released_at")]
    public DateTimeOffset? ProductReleasedAt { get; init; }

    [JsonPropertyName("distribution_started_at")]
    public DateTimeOffset? DistributionStartedAt { get; init; }

    [JsonPropertyName("safety_level")]
    public short? SafetyLevel { get; init; }

    [JsonPropertyName("region_codes")]
    public IReadOnlyList<string> RegionCodes { get; init; } = [];

    [JsonPropertyName("tags")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    [JsonPropertyName("performers")]
    public IReadOnlyList<string> Performers { get; init; } = [];

    /// <summary>v3, as all below.</summary>
    [JsonPropertyName("title")]
    public string? Title { get; init; }

    [JsonPropertyName("description")]
    public string? Description { get; init; }

    [JsonPropertyName("maker")]
    public string? Maker { get; init; }

    [JsonPropertyName("label")]
    public string? Label { get; init; }

    [JsonPropertyName("series")]
    public string? Series { get; init; }

    [JsonPropertyName("source")]
    public string? Source { get; init; }

    /// <summary>Precomputed by the service; null where it has none.</summary>
    [JsonPropertyName("text_vector")]
    public float[]? TextVector { get; init; }

    /// <inheritdoc cref="TextVector"/>
    [JsonPropertyName("image_vector")]
    public float[]? ImageVector { get; init; }

    /// <summary>Likes in the training part; null when unknown.</summary>
    [JsonPropertyName("positive_count")]
    public int? PositiveCount { get; init; }

    /// <param name="positives">Likes in the training part.</param>
    public static ItemPayload From(Video video, int? positives) => new()
    {
        VideoId = video.Id,
        Price = video.Price,
        DurationSeconds = video.DurationSeconds,
        ProductReleasedAt = video.ProductReleasedAt,
        DistributionStartedAt = video.DistributionStartedAt,
        SafetyLevel = video.SafetyLevel,
        RegionCodes = video.RegionCodes,
        Tags = video.Tags,
        Performers = video.Performers,
        Title = video.Title,
        Description = video.Description,
        Maker = video.Maker,
        Label = video.Label,
        Series = video.Series,
        Source = video.Source,
        TextVector = video.TextVector,
        ImageVector = video.ImageVector,
        PositiveCount = positives,
    };
}

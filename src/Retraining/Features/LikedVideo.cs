using System.Text.Json.Serialization;

namespace Retraining.Features;

/// <summary>One like of a v3 user payload.</summary>
public sealed record LikedVideo
{
    [JsonPropertyName("video_id")]
    public required string VideoId { get; init; }

    [JsonPropertyName("liked_at")]
    public required DateTimeOffset LikedAt { get; init; }

    [JsonPropertyName("maker")]
    public string? Maker { get; init; }

    [JsonPropertyName("label")]
    public string? Label { get; init; }

    [JsonPropertyName("series")]
    public string? Series { get; init; }

    [JsonPropertyName("source")]
    public string? Source { get; init; }

    [JsonPropertyName("price")]
    public double? Price { get; init; }
}

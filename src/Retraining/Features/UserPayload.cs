using System.Text.Json.Serialization;

namespace Retraining.Features;

/// <summary>What a client knows of one user: a row of <c>get_user_embedding_feature_batch</c>. v2 reads all but the last member.</summary>
public sealed record UserPayload
{
    [JsonPropertyName("user_id")]
    public required string UserId { get; init; }

    [JsonPropertyName("profile")]
    public UserProfile? Profile { get; init; }

    [JsonPropertyName("decision_stats")]
    public DecisionStats DecisionStats { get; init; } = new();

    [JsonPropertyName("price_stats")]
    public PriceStats PriceStats { get; init; } = new();

    /// <summary>Tags of the liked videos, with repetition.</summary>
    [JsonPropertyName("tags")]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Performers of the liked videos, with repetition.</summary>
    [JsonPropertyName("performers")]
    public IReadOnlyList<string> Performers { get; init; } = [];

    /// <summary>v3: the likes, oldest first; without them the segments that read them are zero.</summary>
    [JsonPropertyName("liked_videos")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<LikedVideo>? LikedVideos { get; init; }
}

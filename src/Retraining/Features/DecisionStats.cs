using System.Text.Json.Serialization;

namespace Retraining.Features;

/// <summary>Counts over a user's decisions up to as_of.</summary>
public sealed record DecisionStats
{
    [JsonPropertyName("like_count")]
    public int LikeCount { get; init; }

    /// <summary>Every decision that is not a like.</summary>
    [JsonPropertyName("nope_count")]
    public int NopeCount { get; init; }

    [JsonPropertyName("decision_count")]
    public int DecisionCount { get; init; }

    [JsonPropertyName("recent_like_at")]
    public DateTimeOffset? RecentLikeAt { get; init; }

    /// <summary>Mean of the hour (0 to 23, UTC) of the likes; null without likes.</summary>
    [JsonPropertyName("average_like_hour")]
    public double? AverageLikeHour { get; init; }

    /// <summary>v3: within the 30 days up to as_of.</summary>
    [JsonPropertyName("like_count_30d")]
    public int LikeCount30d { get; init; }

    [JsonPropertyName("nope_count_30d")]
    public int NopeCount30d { get; init; }

    [JsonPropertyName("decision_count_30d")]
    public int DecisionCount30d { get; init; }
}

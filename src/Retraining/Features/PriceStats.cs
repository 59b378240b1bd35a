using System.Text.Json.Serialization;

namespace Retraining.Features;

/// <summary>Over the liked videos that have a price; null when none has.</summary>
public sealed record PriceStats
{
    [JsonPropertyName("mean")]
    public double? Mean { get; init; }

    [JsonPropertyName("median")]
    public double? Median { get; init; }
}

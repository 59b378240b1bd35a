using System.Text.Json.Serialization;

namespace Retraining.Features;

public sealed record UserProfile
{
    [JsonPropertyName("created_at")]
    public DateTimeOffset? CreatedAt { get; init; }
}

namespace Retraining.Serving;

/// <summary>What one user would be recommended now.</summary>
public sealed record RecommendationList
{
    public required string UserId { get; init; }

    /// <summary>Live version; null when none is.</summary>
    public string? Version { get; init; }

    /// <summary>False when the user has no embedding and gets what is popular.</summary>
    public required bool Personal { get; init; }
    public required IReadOnlyList<Recommendation> Items { get; init; }
}

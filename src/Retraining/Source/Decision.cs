namespace Retraining.Source;

/// <summary>One row of <c>user_video_decisions</c>, or one review turned into a decision.</summary>
public sealed record Decision
{
    public required string UserId { get; init; }
    public required string VideoId { get; init; }

    /// <summary><c>like</c>, <c>nope</c>, …; which of them are positive is a setting.</summary>
    public required string DecisionType { get; init; }

    /// <summary>The label where the source itself says it; null where the type does.</summary>
    public bool? Positive { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Weight of the example, greater than 0; 1 is neutral, <c>stars / 5</c> for reviews.</summary>
    public float Weight { get; init; } = 1f;
}

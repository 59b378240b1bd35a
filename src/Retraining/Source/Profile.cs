namespace Retraining.Source;

/// <summary>One row of <c>profiles</c>.</summary>
public sealed record Profile
{
    public required string UserId { get; init; }
    public string? DisplayName { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
}

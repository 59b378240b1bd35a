namespace Retraining.Serving;

/// <summary>A version that readers now see, in the database and in <c>current/</c>.</summary>
public sealed record Activation
{
    public required string Version { get; init; }
    public string? PreviousVersion { get; init; }
    public required DateTimeOffset ActivatedAt { get; init; }

    /// <summary>Who made it live.</summary>
    public string? By { get; init; }

    /// <summary>Why, where it was not the weekly run.</summary>
    public string? Reason { get; init; }
}

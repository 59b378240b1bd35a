namespace Retraining.Serving;

/// <summary>A version that readers now see, in the database and in <c>current/</c>.</summary>
public sealed record Activation
{
    public required string Version { get; init; }
    public string? PreviousVersion { get; init; }
    public required DateTimeOffset ActivatedAt { get; init; }
}

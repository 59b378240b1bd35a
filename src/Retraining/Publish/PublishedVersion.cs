namespace Retraining.Publish;

/// <summary>A version that lies immutable in the publish store. It is not live yet.</summary>
public sealed record PublishedVersion
{
    public required string Version { get; init; }

    /// <summary><c>two-tower/v3/{version}/</c>.</summary>
    public required string Path { get; init; }
    public required string Location { get; init; }
    public required int Files { get; init; }
    public required long SizeBytes { get; init; }
    public required string ManifestSha256 { get; init; }
}

namespace Retraining.Artifacts;

/// <summary>A file in an artifact store, named by path and proven by hash. This is what stages hand to each other.</summary>
/// <param name="Path">Forward slashes, relative to the store's root.</param>
/// <param name="Sha256">Lower-case hex of the content.</param>
/// <param name="SizeBytes">Length of the content.</param>
public sealed record ArtifactRef(string Path, string Sha256, long SizeBytes)
{
    /// <summary>Last segment of <see cref="Path"/>.</summary>
    public string Name => Path[(Path.LastIndexOf('/') + 1)..];
}

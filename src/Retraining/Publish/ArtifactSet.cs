using Retraining.Artifacts;

namespace Retraining.Publish;

/// <summary>The files of one version, complete and ready to publish.</summary>
public sealed record ArtifactSet
{
    public required string Version { get; init; }
    public string? PreviousVersion { get; init; }
    public required int EmbeddingDim { get; init; }
    public required ArtifactRef Manifest { get; init; }

    /// <summary>Every file that the manifest names, in the work store.</summary>
    public required IReadOnlyList<ArtifactRef> Files { get; init; }
}

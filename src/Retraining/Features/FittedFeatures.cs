using Retraining.Artifacts;

namespace Retraining.Features;

/// <summary>Schema, normaliser and vocabularies fitted on the training part of a snapshot.</summary>
public sealed record FittedFeatures
{
    /// <summary><c>v2</c> or <c>v3</c>.</summary>
    public required string Version { get; init; }
    public required ArtifactRef Schema { get; init; }
    public required ArtifactRef Normalizer { get; init; }

    /// <summary><c>vocab_*.json</c>.</summary>
    public required IReadOnlyList<ArtifactRef> Vocabularies { get; init; }
    public required int UserInputDim { get; init; }
    public required int ItemInputDim { get; init; }
}

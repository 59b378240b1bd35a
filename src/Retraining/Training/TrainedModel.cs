using Retraining.Artifacts;

namespace Retraining.Training;

/// <summary>The challenger: weights of the best epoch.</summary>
public sealed record TrainedModel
{
    /// <summary>Safetensors, weights by name.</summary>
    public required ArtifactRef Weights { get; init; }

    /// <summary>Loss and metric by epoch, NDJSON.</summary>
    public required ArtifactRef Log { get; init; }
    public required int EmbeddingDim { get; init; }
    public required int BestEpoch { get; init; }
    public required int Epochs { get; init; }
    public required double Loss { get; init; }

    /// <summary>Validation metric of the best epoch (Recall@10 on the validation part).</summary>
    public required double ValidationRecallAt10 { get; init; }
    public required double ExamplesPerSecond { get; init; }
}

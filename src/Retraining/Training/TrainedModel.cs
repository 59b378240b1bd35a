using Retraining.Artifacts;

namespace Retraining.Training;

/// <summary>The challenger: weights of the best epoch.</summary>
public sealed record TrainedModel
{
    /// <summary>Safetensors, weights by name.</summary>
    public required ArtifactRef Weights { get; init; }

    /// <summary>Loss and metric by epoch, NDJSON.</summary>
    public required ArtifactRef Log { get; init; }

    /// <summary>The same as curves, SVG; null in records of older runs.</summary>
    public ArtifactRef? Curves { get; init; }
    public required int EmbeddingDim { get; init; }

    /// <summary>What training started from: <c>factors</c>, <c>random</c> or <c>champion 20261121_040000</c>; null in records of older runs.</summary>
    public string? Start { get; init; }

    /// <summary>λ and α of the factors that training started from, as the trials found them best; null for another start.</summary>
    public double? FactorRegularisation { get; init; }

    /// <inheritdoc cref="FactorRegularisation"/>
    public double? FactorUnobservedWeight { get; init; }

    /// <summary>From 1; 0 when no epoch was better than the model that training started from.</summary>
    public required int BestEpoch { get; init; }
    public required int Epochs { get; init; }

    /// <summary>Training loss of the best epoch (of the first, if the start was best; 0 without epochs), in nats.</summary>
    public required double Loss { get; init; }

    /// <summary>What early stopping compared: <c>recall@10</c>.</summary>
    public required string Metric { get; init; }

    /// <summary>Its value at the best epoch on the validation part; null when nobody has a like there.</summary>
    public double? ValidationMetric { get; init; }
    public required double ExamplesPerSecond { get; init; }
}

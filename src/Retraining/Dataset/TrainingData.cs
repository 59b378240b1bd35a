using Retraining.Features;

namespace Retraining.Dataset;

/// <summary>All that training and evaluation read, by reference.</summary>
public sealed record TrainingData
{
    public required Snapshot Snapshot { get; init; }
    public required SplitSettings Split { get; init; }
    public required FittedFeatures Features { get; init; }
    public required FeatureTable Users { get; init; }
    public required FeatureTable Items { get; init; }
}

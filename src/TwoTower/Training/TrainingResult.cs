using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>A finished training: the weights of the best epoch (of the last one without validation) and how it went.</summary>
public sealed record TrainingResult
{
    public required TwoTowerModel Model { get; init; }

    /// <summary>From 1.</summary>
    public required int BestEpoch { get; init; }
    public required double? BestMetric { get; init; }

    /// <summary>One for each epoch, from the first, also over resumes.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    /// <summary>Targets a second of training time in this process; 0 when nothing was left to train.</summary>
    public required double ExamplesPerSecond { get; init; }
}

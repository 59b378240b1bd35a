namespace TwoTower.Training;

/// <summary>Where a training run is: one at the end of every epoch and one every few seconds in between.</summary>
public sealed record TrainingProgress
{
    /// <summary>From 1.</summary>
    public required int Epoch { get; init; }
    public required int Epochs { get; init; }

    /// <summary>Optimiser steps done in this epoch.</summary>
    public required int Step { get; init; }
    public required int StepsPerEpoch { get; init; }

    /// <summary>Mean loss of this epoch so far, in nats a target.</summary>
    public required double Loss { get; init; }

    /// <summary>Global norm of the last step's gradient.</summary>
    public required double GradientNorm { get; init; }
    public required double LearningRate { get; init; }

    /// <summary>Targets a second of training time, since the start of this run.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>Time that the remaining planned epochs would take at this speed, validation left out.</summary>
    public required TimeSpan Remaining { get; init; }

    /// <summary>Validation metric; only at the end of an epoch.</summary>
    public double? Metric { get; init; }

    /// <summary>Best metric so far and its epoch.</summary>
    public double? BestMetric { get; init; }
    public int? BestEpoch { get; init; }
}

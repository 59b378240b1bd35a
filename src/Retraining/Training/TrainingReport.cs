using Retraining.Execution;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>A trainer's progress in the words of a stage.</summary>
public static class TrainingReport
{
    /// <summary>Name of the value.</summary>
    public const string Speed = "examples_per_second";

    /// <summary>Name of the value: at this speed, and if it is not stopped early.</summary>
    public const string Remaining = "remaining_seconds";

    /// <param name="what">What is counted: <c>epoch</c>.</param>
    public static StageProgress Of(TrainingProgress progress, string metric, string what)
    {
        var values = new SortedDictionary<string, double>(StringComparer.Ordinal)
        {
            ["epoch"] = progress.Epoch,
            ["loss"] = progress.Loss,
            ["gradient_norm"] = progress.GradientNorm,
            [Speed] = progress.ExamplesPerSecond,
            [Remaining] = progress.Remaining.TotalSeconds,
        };
        if (progress.Metric is { } now)
            values[metric] = now;
        if (progress.BestMetric is { } best)
            values["best"] = best;
        var done = progress.Epoch - 1 + ((double)progress.Step / progress.StepsPerEpoch);
        return new() { Message = $"{what} {progress.Epoch} of {progress.Epochs}", Fraction = done / progress.Epochs, Values = values };
    }
}

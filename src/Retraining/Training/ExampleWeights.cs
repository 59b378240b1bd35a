using Retraining.Dataset;

namespace Retraining.Training;

/// <summary>What an event of the training part weighs: its own weight, and less the older it is.</summary>
/// <param name="halfLifeDays">d days before the newest training event weigh 2^(-d / this); 0: age does not matter.</param>
internal sealed class ExampleWeights(InteractionLog log, TimeSplit split, double halfLifeDays)
{
    private const double Least = 1e-6;
    private readonly long _newest = split.TrainingEnd();

    /// <param name="e">Index of the event.</param>
    /// <returns>Greater than 0.</returns>
    public float Of(int e)
    {
        if (halfLifeDays <= 0)
            return log.Weight[e];
        var days = (_newest - log.Time[e]) / (double)TimeSpan.MillisecondsPerDay;
        return (float)Math.Max(Least, log.Weight[e] * Math.Pow(2, -days / halfLifeDays));
    }
}

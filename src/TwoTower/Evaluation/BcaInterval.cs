namespace TwoTower.Evaluation;

/// <summary>Bias-corrected and accelerated interval of a mean from its resampled means.</summary>
internal static class BcaInterval
{
    /// <param name="moments">Of the value by user.</param>
    /// <param name="resampled">Means of the resamples; NaN is left out.</param>
    /// <param name="confidence">In (0, 1).</param>
    public static ConfidenceInterval Of(UserMoments moments, double[] resampled, double confidence)
    {
        var (users, mean, acceleration, _) = moments;
        if (users == 0)
            return new(double.NaN, double.NaN, double.NaN, double.NaN, 0);

        var sorted = resampled.Where(m => !double.IsNaN(m)).Order().ToArray();
        if (sorted.Length == 0 || sorted[0] == sorted[^1])
            return new(mean, mean, mean, 0, users);

        var centre = sorted.Average();
        var spread = Math.Sqrt(sorted.Sum(m => (m - centre) * (m - centre)) / (sorted.Length - 1));
        var bias = BiasCorrection(sorted, mean);
        var tail = (1 - confidence) / 2;
        return new(
            mean,
            Quantile(sorted, Adjust(tail, bias, acceleration)),
            Quantile(sorted, Adjust(1 - tail, bias, acceleration)),
            spread,
            users);
    }

    /// <summary>Normal quantile of the share of resamples below the mean; ties count half.</summary>
    private static double BiasCorrection(double[] sorted, double mean)
    {
        var below = sorted.Count(m => m < mean) + 0.5 * sorted.Count(m => m == mean);
        var share = Math.Clamp(below / sorted.Length, 0.5 / sorted.Length, 1 - 0.5 / sorted.Length);
        return Normal.Quantile(share);
    }

    private static double Adjust(double probability, double bias, double acceleration)
    {
        var z = bias + Normal.Quantile(probability);
        return Normal.Distribution(bias + z / (1 - acceleration * z));
    }

    /// <summary>Linear between order statistics.</summary>
    private static double Quantile(double[] sorted, double probability)
    {
        var position = Math.Clamp(probability, 0, 1) * (sorted.Length - 1);
        var lower = (int)position;
        var upper = Math.Min(lower + 1, sorted.Length - 1);
        return sorted[lower] + (position - lower) * (sorted[upper] - sorted[lower]);
    }
}

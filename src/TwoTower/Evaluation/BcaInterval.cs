namespace TwoTower.Evaluation;

/// <summary>Bias-corrected and accelerated interval of a mean from its resampled means.</summary>
internal static class BcaInterval
{
    /// <param name="values">Per user; NaN is left out.</param>
    /// <param name="resampled">Means of the resamples.</param>
    /// <param name="confidence">In (0, 1).</param>
    public static ConfidenceInterval Of(ReadOnlySpan<double> values, double[] resampled, double confidence)
    {
        var defined = Defined(values);
        if (defined.Length == 0)
            return new(double.NaN, double.NaN, double.NaN, double.NaN, 0);

        var mean = defined.Average();
        var sorted = resampled.Where(m => !double.IsNaN(m)).Order().ToArray();
        var centre = sorted.Average();
        var spread = Math.Sqrt(sorted.Sum(m => (m - centre) * (m - centre)) / Math.Max(1, sorted.Length - 1));
        if (sorted[0] == sorted[^1])
            return new(mean, mean, mean, 0, defined.Length);

        var bias = BiasCorrection(sorted, mean);
        var acceleration = Acceleration(defined, mean);
        var tail = (1 - confidence) / 2;
        return new(
            mean,
            Quantile(sorted, Adjust(tail, bias, acceleration)),
            Quantile(sorted, Adjust(1 - tail, bias, acceleration)),
            spread,
            defined.Length);
    }

    private static double[] Defined(ReadOnlySpan<double> values)
    {
        var defined = new List<double>(values.Length);
        foreach (var value in values)
        {
            if (!double.IsNaN(value))
                defined.Add(value);
        }

        return [.. defined];
    }

    /// <summary>Normal quantile of the share of resamples below the mean; ties count half.</summary>
    private static double BiasCorrection(double[] sorted, double mean)
    {
        var below = sorted.Count(m => m < mean) + 0.5 * sorted.Count(m => m == mean);
        var share = Math.Clamp(below / sorted.Length, 0.5 / sorted.Length, 1 - 0.5 / sorted.Length);
        return Normal.Quantile(share);
    }

    /// <summary>From the jackknife, which has a closed form for a mean.</summary>
    private static double Acceleration(double[] values, double mean)
    {
        double squares = 0, cubes = 0;
        foreach (var value in values)
        {
            var distance = value - mean;
            squares += distance * distance;
            cubes += distance * distance * distance;
        }

        return squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
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

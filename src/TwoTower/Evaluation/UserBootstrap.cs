namespace TwoTower.Evaluation;

/// <summary>Bootstrap over users: every metric is resampled with the same users, so differences of two models stay paired.</summary>
/// <remarks>Bias-corrected and accelerated intervals: Efron, Better Bootstrap Confidence Intervals, JASA 1987. The result depends on the seed alone.</remarks>
public sealed class UserBootstrap
{
    /// <summary>At least 100.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>Share of the two-sided interval, in (0, 1).</summary>
    public double Confidence { get; init; } = 0.95;

    public int Seed { get; init; } = 7;

    /// <summary>0 takes all cores. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>An interval for every metric, in the order of its names.</summary>
    /// <exception cref="ArgumentException">There are no users.</exception>
    public IReadOnlyDictionary<string, ConfidenceInterval> Intervals(UserMetrics metrics, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Resamples, 100);
        if (metrics.Users == 0)
            throw new ArgumentException("a bootstrap over 0 users, expected at least 1");

        var names = metrics.Names;
        var means = new double[names.Count][];
        for (var column = 0; column < names.Count; column++)
            means[column] = new double[Resamples];

        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Threads > 0 ? Threads : Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        Parallel.For(
            0, Resamples, options,
            () => new int[metrics.Users],
            (resample, _, draws) =>
            {
                Draw(resample, draws);
                for (var column = 0; column < names.Count; column++)
                    means[column][resample] = ResampledMean(metrics[names[column]], draws);
                return draws;
            },
            static _ => { });

        var intervals = new Dictionary<string, ConfidenceInterval>(StringComparer.Ordinal);
        for (var column = 0; column < names.Count; column++)
            intervals[names[column]] = BcaInterval.Of(metrics[names[column]], means[column], Confidence);
        return intervals;
    }

    /// <summary>The interval of one metric.</summary>
    public ConfidenceInterval Interval(ReadOnlySpan<double> perUser, CancellationToken cancellationToken)
    {
        var metrics = new UserMetrics(["value"], perUser.Length);
        perUser.CopyTo(metrics["value"]);
        return Intervals(metrics, cancellationToken)["value"];
    }

    /// <summary>The smallest true loss that a paired comparison with this standard error finds with the given power, one-sided at <see cref="Confidence"/>.</summary>
    /// <param name="standardError">Of the mean difference.</param>
    /// <param name="power">Probability of finding it, in (0, 1).</param>
    public double DetectableLoss(double standardError, double power) =>
        (Normal.Quantile(Confidence) + Normal.Quantile(power)) * standardError;

    private void Draw(int resample, int[] draws)
    {
        var generator = new SplitMix64(((ulong)(uint)Seed << 32) | (uint)resample);
        generator.Next();
        for (var k = 0; k < draws.Length; k++)
            draws[k] = generator.Next(draws.Length);
    }

    private static double ResampledMean(ReadOnlySpan<double> values, ReadOnlySpan<int> draws)
    {
        var sum = 0.0;
        var count = 0;
        foreach (var user in draws)
        {
            var value = values[user];
            if (double.IsNaN(value))
                continue;
            sum += value;
            count++;
        }

        return count == 0 ? double.NaN : sum / count;
    }
}

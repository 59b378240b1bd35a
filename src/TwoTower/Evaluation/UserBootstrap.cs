namespace TwoTower.Evaluation;

/// <summary>Bootstrap over users: all values are resampled with the same users, so differences of two models stay paired.</summary>
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

    /// <summary>An interval for each of the values, in their order; without users that have the value, one of NaN.</summary>
    /// <param name="values">All of the same number of users.</param>
    /// <param name="cancellationToken">Checked every some users.</param>
    /// <exception cref="ArgumentException">There are no users, or the numbers of users differ.</exception>
    public IReadOnlyList<ConfidenceInterval> Intervals(IReadOnlyList<UserValues> values, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Resamples, 100);
        if (values.Count == 0)
            return [];
        if (values[0].Users == 0)
            throw new ArgumentException("a bootstrap over 0 users, expected at least 1");
        if (values.FirstOrDefault(value => value.Users != values[0].Users) is { } other)
            throw new ArgumentException($"{other.Name}: {other.Users} users, expected {values[0].Users}");

        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Threads > 0 ? Threads : Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        var moments = new UserMoments[values.Count];
        Parallel.For(0, values.Count, options, value => moments[value] = UserMoments.Of(values[value]));
        var means = ResampledMeans.Draw(values, moments, Resamples, Seed, options);
        return [.. means.Select((resampled, value) => BcaInterval.Of(moments[value], resampled, Confidence))];
    }

    /// <summary>An interval for every metric, by name.</summary>
    /// <inheritdoc cref="Intervals(IReadOnlyList{UserValues}, CancellationToken)" path="/exception"/>
    public IReadOnlyDictionary<string, ConfidenceInterval> Intervals(UserMetrics metrics, CancellationToken cancellationToken)
    {
        var intervals = Intervals([.. metrics.Names.Select(name => new UserValues(metrics, name))], cancellationToken);
        return metrics.Names.Zip(intervals).ToDictionary(entry => entry.First, entry => entry.Second, StringComparer.Ordinal);
    }

    /// <summary>The interval of one value by user; NaN for users without it.</summary>
    /// <inheritdoc cref="Intervals(IReadOnlyList{UserValues}, CancellationToken)" path="/exception"/>
    public ConfidenceInterval Interval(ReadOnlySpan<double> perUser, CancellationToken cancellationToken)
    {
        var metrics = new UserMetrics(["value"], perUser.Length);
        perUser.CopyTo(metrics["value"]);
        return Intervals(metrics, cancellationToken)["value"];
    }

    /// <summary>The smallest true loss that is shown with the given power: the whole interval comes to lie below 0.</summary>
    /// <param name="standardError">Of the mean difference.</param>
    /// <param name="power">Probability of finding it, in (0, 1).</param>
    public double DetectableLoss(double standardError, double power) =>
        (Normal.Quantile((1 + Confidence) / 2) + Normal.Quantile(power)) * standardError;
}

using TwoTower.Evaluation;
using TwoTower.Model;

namespace Retraining.Evaluation;

/// <summary>Each rule of the gate with what it saw and what it was held against.</summary>
internal sealed class GateRules(GateSettings settings)
{
    /// <summary>Name of the rule that looks at the champion.</summary>
    public const string Champion = "not-worse-than-champion";

    /// <summary>Name of the rule that looks at the reference: small losses, each of which is allowed, add up beside it.</summary>
    public const string Reference = "not-worse-than-reference";

    public static GateRule FiniteWeights(TwoTowerModel model)
    {
        var bad = model.Tensors.Sum(tensor => tensor.Values.Count(value => !float.IsFinite(value)));
        return new("finite-weights", bad, 0, bad == 0, $"{bad} weights are NaN or infinite, expected none");
    }

    public GateRule NotCollapsed(EmbeddingHealth items) => new(
        "no-collapse", items.EffectiveDimensions, settings.MinEffectiveDimensions, items.EffectiveDimensions >= settings.MinEffectiveDimensions,
        $"the item embeddings spread over {items.EffectiveDimensions:F1} dimensions, expected at least {settings.MinEffectiveDimensions:F1}");

    public GateRule AboveFloor(double value) => new(
        "absolute-floor", value, settings.AbsoluteFloor, value >= settings.AbsoluteFloor,
        $"{settings.Metric} is {value:F4}, expected at least {settings.AbsoluteFloor:F4}");

    public GateRule AbovePopularity(double value, double popularity)
    {
        var threshold = settings.MinOverPopularity * popularity;
        return new(
            "above-popularity", value, threshold, value > threshold,
            $"{settings.Metric} is {value:F4}, expected above {settings.MinOverPopularity:F2} times the {popularity:F4} of popularity");
    }

    /// <summary>
    /// Refused where the estimated loss is larger than what is allowed, and where a loss is shown that may be: the whole interval lies
    /// below 0, and its lower end beyond what is allowed.
    /// </summary>
    /// <param name="name"><see cref="Champion"/> or <see cref="Reference"/>.</param>
    /// <param name="challenger">The metric by user.</param>
    /// <param name="other">That of the version it is held against, for the same users.</param>
    /// <param name="version">Of <paramref name="other"/>.</param>
    /// <returns>Its value is the difference as a share of the other's metric; where a loss is shown, the interval's lower end.</returns>
    public GateRule NotWorse(string name, double[] challenger, double[] other, string version, CancellationToken cancellationToken)
    {
        var difference = new double[challenger.Length];
        for (var user = 0; user < difference.Length; user++)
            difference[user] = challenger[user] - other[user];

        // one-sided bounds at 95 % are the ends of the two-sided interval at 90 %
        var bootstrap = new UserBootstrap { Resamples = settings.Resamples, Confidence = (2 * settings.Confidence) - 1, Seed = settings.Seed };
        var interval = bootstrap.Interval(difference, cancellationToken);
        var mean = other.Where(double.IsFinite).Average();
        double Share(double value) => mean > 0 ? value / mean : value < 0 ? double.MinValue : 0;
        var (estimate, low, high) = (Share(interval.Mean), Share(interval.Low), Share(interval.High));
        var value = high < 0 ? low : estimate;
        return new(
            name, value, -settings.MaxLoss, value >= -settings.MaxLoss,
            $"{settings.Metric} differs from the {mean:F4} of {Who(name)} {version} by {Signed(interval.Mean)} ({estimate:P1}), at "
            + $"{settings.Confidence:P0} confidence by {low:P1} to {high:P1}: {Finding(interval)}, expected a loss of no more than "
            + $"{settings.MaxLoss:P1}; a true loss of {RefusedLoss(Share(interval.StandardError)):P1} would be refused in 4 of 5 cases",
            low, high);
    }

    /// <summary>Refused where a loss larger than what is allowed in a segment is shown: the whole interval lies beyond it.</summary>
    /// <param name="findings">Beside the champion.</param>
    public IEnumerable<GateRule> NotWorseInSegments(IEnumerable<GateFinding> findings) =>
        from found in findings
        let maxLoss = found.Segment switch
        {
            Segment.NewUsers => settings.MaxLossNewUsers,
            Segment.HeavyUsers => settings.MaxLossHeavyUsers,
            Segment.ColdItems => settings.MaxLossColdItems,
            _ => 1,
        }
        where maxLoss < 1
        select NotWorseIn(found, maxLoss);

    private static GateRule NotWorseIn(GateFinding found, double maxLoss)
    {
        var champion = found.Champion ?? 0;
        var (low, high) = champion > 0 ? (found.Low / champion, found.High / champion) : (0, 0);
        return new(
            $"{Champion}-in-{found.Segment.Replace('_', '-')}", high, -maxLoss, high >= -maxLoss,
            $"{found.Metric} of {found.Users} users in {found.Segment} differs from the champion's {champion:F4} by "
            + $"{Signed(found.Difference)}, with its interval by {low:P1} to {high:P1}: {found.Finding}, expected that no loss above "
            + $"{maxLoss:P1} is shown",
            low, high);
    }

    /// <summary>The smallest true loss that <see cref="NotWorse"/> refuses in 4 of 5 cases, as a share.</summary>
    /// <param name="error">Standard error of the difference, as a share.</param>
    private double RefusedLoss(double error)
    {
        var shown = Normal.Quantile(settings.Confidence) * error;
        var refusedBelow = Math.Min(settings.MaxLoss, Math.Max(shown, settings.MaxLoss - shown));
        return refusedBelow + (Normal.Quantile(0.8) * error);
    }

    private static string Who(string name) => name == Champion ? "champion" : "reference";

    private static string Finding(ConfidenceInterval interval) =>
        interval.Low > 0 ? "better" : interval.High < 0 ? "worse" : "no difference shown";

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000;0.0000", System.Globalization.CultureInfo.InvariantCulture);
}

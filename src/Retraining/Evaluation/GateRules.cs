using TwoTower.Evaluation;
using TwoTower.Model;

namespace Retraining.Evaluation;

/// <summary>Each rule of the gate with what it saw and what it was held against.</summary>
internal sealed class GateRules(GateSettings settings)
{
    /// <summary>Name of the rule that looks at the champion. Its value is the least relative difference at the confidence.</summary>
    public const string Champion = "not-worse-than-champion";

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

    /// <summary>The challenger's loss is, at the confidence, smaller than what is allowed.</summary>
    public GateRule NotWorseThanChampion(double[] challenger, double[] champion, string version, CancellationToken cancellationToken)
    {
        var difference = new double[challenger.Length];
        for (var user = 0; user < difference.Length; user++)
            difference[user] = challenger[user] - champion[user];

        // a one-sided bound at 95 % is the lower end of the two-sided interval at 90 %
        var bootstrap = new UserBootstrap { Resamples = settings.Resamples, Confidence = (2 * settings.Confidence) - 1, Seed = settings.Seed };
        var interval = bootstrap.Interval(difference, cancellationToken);
        var (mean, allowed) = (champion.Where(double.IsFinite).Average(), -settings.MaxLoss);
        var relative = mean > 0 ? interval.Low / mean : interval.Low < 0 ? double.MinValue : 0;
        var detectable = new UserBootstrap { Confidence = settings.Confidence }.DetectableLoss(interval.StandardError, power: 0.8);
        return new(
            Champion, relative, allowed, relative >= allowed,
            $"{settings.Metric} differs from champion {version}'s {mean:F4} by {interval.Mean:+0.0000;-0.0000;0.0000}, at {settings.Confidence:P0} confidence by at least "
            + $"{interval.Low:+0.0000;-0.0000;0.0000} ({relative:P1} of it), expected no less than {allowed:P1}; "
            + $"a loss of {detectable:F4} would be found in 4 of 5 cases");
    }
}

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

    /// <summary>
    /// The loss is, at the confidence, smaller than what is allowed, or not shown to be one at all: an interval as wide as w cannot tell losses
    /// below w from none, so the allowed share grows to w. Small hold-outs would refuse a model as good as the champion in most weeks.
    /// </summary>
    public GateRule NotWorseThanChampion(double[] challenger, double[] champion, string version, CancellationToken cancellationToken)
    {
        var difference = new double[challenger.Length];
        for (var user = 0; user < difference.Length; user++)
            difference[user] = challenger[user] - champion[user];

        // one-sided bounds at 95 % are the ends of the two-sided interval at 90 %
        var bootstrap = new UserBootstrap { Resamples = settings.Resamples, Confidence = (2 * settings.Confidence) - 1, Seed = settings.Seed };
        var interval = bootstrap.Interval(difference, cancellationToken);
        var mean = champion.Where(double.IsFinite).Average();
        double Share(double value) => mean > 0 ? value / mean : value < 0 ? double.MinValue : 0;
        var (low, allowed) = (Share(interval.Low), -Math.Max(settings.MaxLoss, Share(interval.High - interval.Low)));
        var detectable = new UserBootstrap { Confidence = settings.Confidence }.DetectableLoss(interval.StandardError, power: 0.8);
        return new(
            Champion, low, allowed, low >= allowed,
            $"{settings.Metric} differs from champion {version}'s {mean:F4} by {Signed(interval.Mean)}, at {settings.Confidence:P0} confidence by at least "
            + $"{Signed(interval.Low)} ({low:P1} of it) and at most {Signed(interval.High)}: {Finding(interval)}; a loss of {detectable:F4} "
            + $"({Share(detectable):P1}) would be found in 4 of 5 cases");
    }

    private string Finding(ConfidenceInterval interval) =>
        interval.Low > 0 ? "better" : interval.High < 0 ? $"worse, expected a loss of no more than {settings.MaxLoss:P1}" : "no difference shown";

    private static string Signed(double value) => value.ToString("+0.0000;-0.0000;0.0000", System.Globalization.CultureInfo.InvariantCulture);
}

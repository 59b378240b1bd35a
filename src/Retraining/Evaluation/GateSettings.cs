using System.ComponentModel.DataAnnotations;

namespace Retraining.Evaluation;

/// <summary>When a challenger may go live.</summary>
public sealed record GateSettings
{
    internal const string Never = "never", Unclear = "unclear", Always = "always";
    internal const string Reject = "reject", Publish = "publish";

    /// <summary>Metric that the rules compare, on the hold-out; early stopping looks at it too.</summary>
    public string Metric { get; init; } = "recall@10";

    /// <summary>Least value of the metric, whatever else holds.</summary>
    [Range(0.0, 1.0)]
    public double AbsoluteFloor { get; init; } = 0.005;

    /// <summary>Ratio to the popularity baseline that must be exceeded.</summary>
    [Range(0.0, 100.0)]
    public double MinOverPopularity { get; init; } = 1.0;

    /// <summary>
    /// Largest loss against the champion, as a share of its value: the estimate may not lose more, nor may the lower bound of the paired
    /// interval where a loss is shown, which it is when the upper bound is below 0. The same holds against the reference, the newest
    /// version that was shown to be better than the reference before it.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxLoss { get; init; } = 0.05;

    /// <summary>
    /// Largest loss against the champion among new users, as a share of its value there: refused where a larger one is shown, at the
    /// evaluation's confidence. 1 refuses nothing.
    /// </summary>
    [Range(0.0, 1.0)]
    public double MaxLossNewUsers { get; init; } = 0.1;

    /// <summary>The same for heavy users.</summary>
    [Range(0.0, 1.0)]
    public double MaxLossHeavyUsers { get; init; } = 0.1;

    /// <summary>The same for cold items.</summary>
    [Range(0.0, 1.0)]
    public double MaxLossColdItems { get; init; } = 1;

    /// <summary>Confidence of the one-sided bounds, in (0.5, 1).</summary>
    [Range(0.5, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Confidence { get; init; } = 0.95;

    /// <summary>Least number of dimensions that carry the item embeddings' spread; fewer are a collapse.</summary>
    [Range(0.0, 2_000.0)]
    public double MinEffectiveDimensions { get; init; } = 2;

    /// <summary>Bootstrap resamples over users.</summary>
    [Range(100, 1_000_000)]
    public int Resamples { get; init; } = 2000;
    public int Seed { get; init; } = 11;

    /// <summary>
    /// Who decides once all rules hold: <c>never</c> asks a person, <c>always</c> does, <c>unclear</c> does when the challenger is not shown to be
    /// as good as the champion. Dry runs and overridden gates ask nobody.
    /// </summary>
    [AllowedValues(Never, Unclear, Always)]
    public string Approval { get; init; } = Never;

    /// <summary>Longest time that a run waits for the answer, in hours.</summary>
    [Range(0.0, 24.0 * 30, MinimumIsExclusive = true)]
    public double ApprovalHours { get; init; } = 72;

    /// <summary>What happens when nobody answers in time: <c>reject</c> or <c>publish</c>.</summary>
    [AllowedValues(Reject, Publish)]
    public string WithoutAnswer { get; init; } = Reject;
}

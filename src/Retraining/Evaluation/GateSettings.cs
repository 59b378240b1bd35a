using System.ComponentModel.DataAnnotations;

namespace Retraining.Evaluation;

/// <summary>When a challenger may go live.</summary>
public sealed record GateSettings
{
    /// <summary>Metric that the rules compare, on the hold-out.</summary>
    public string Metric { get; init; } = "recall@10";

    /// <summary>Least value of the metric, whatever else holds.</summary>
    [Range(0.0, 1.0)]
    public double AbsoluteFloor { get; init; } = 0.005;

    /// <summary>Least ratio to the popularity baseline.</summary>
    [Range(0.0, 100.0)]
    public double MinOverPopularity { get; init; } = 1.0;

    /// <summary>Largest loss against the champion, as a share of the champion's value: the lower bound of the paired interval must be above it.</summary>
    [Range(0.0, 1.0)]
    public double MaxLoss { get; init; } = 0.05;

    /// <summary>Confidence of the paired interval, in (0, 1).</summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double Confidence { get; init; } = 0.95;
}

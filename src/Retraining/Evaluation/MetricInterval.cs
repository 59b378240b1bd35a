using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <param name="Metric"><c>recall@10</c>.</param>
/// <param name="Interval">Of its mean over users.</param>
internal sealed record MetricInterval(string Metric, ConfidenceInterval Interval);

namespace TwoTower.Training;

/// <summary>One epoch of a finished or running training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Mean over the epoch's targets, in nats.</param>
/// <param name="GradientNorm">Mean over the epoch's steps.</param>
/// <param name="Metric">Validation metric after the epoch; null without validation.</param>
public sealed record EpochReport(int Epoch, double Loss, double GradientNorm, double? Metric);

namespace Retraining.Training;

/// <summary>One epoch of a training.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Loss">Training loss in nats, if told.</param>
/// <param name="Metric">Validation metric in [0, 1], if told.</param>
/// <param name="RefitLoss">Training loss of the refit's epoch of that number, if there was one.</param>
public sealed record CurvePoint(double Epoch, double? Loss, double? Metric, double? RefitLoss = null);

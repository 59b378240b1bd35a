namespace TwoTower.Training;

/// <summary>One optimiser step.</summary>
/// <param name="Loss">Mean over the step's targets, in nats.</param>
/// <param name="Targets">Targets of the step.</param>
/// <param name="GradientNorm">Global, before clipping.</param>
/// <param name="LearningRate">Used in this step.</param>
public readonly record struct StepReport(double Loss, int Targets, double GradientNorm, double LearningRate);

namespace Retraining.Training;

/// <summary>A factorisation that was tried.</summary>
/// <param name="Regularisation">λ.</param>
/// <param name="UnobservedWeight">α.</param>
/// <param name="Score">The validation metric of its start; 0 where there was nothing to choose.</param>
public sealed record StartTrial(double Regularisation, double UnobservedWeight, double Score);

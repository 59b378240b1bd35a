namespace Retraining.Training;

/// <summary>What a slice of a training came to.</summary>
/// <param name="Finished">No epoch is left to train.</param>
public sealed record TrainingSlice(bool Finished);

namespace Retraining.Serving;

/// <summary>Opens the index that the settings name. The caller disposes it.</summary>
/// <exception cref="Execution.PermanentStageException">The settings name no index that exists.</exception>
public delegate IVectorIndex OpenVectorIndex(ServingSettings settings);

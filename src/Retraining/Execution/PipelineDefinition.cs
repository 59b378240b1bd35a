namespace Retraining.Execution;

/// <summary>What an engine runs: <see cref="RetrainingPipeline.RunAsync"/>. It awaits nothing but <see cref="IPipelineContext"/>.</summary>
public delegate Task<RetrainingResult> PipelineDefinition(IPipelineContext run, RetrainingRequest request);

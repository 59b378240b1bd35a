namespace Retraining.Execution;

/// <summary>The seam between the pipeline's definition and the engine that runs it. The definition is deterministic: time and ids come from here.</summary>
public interface IPipelineContext
{
    string RunId { get; }

    /// <summary>When the run started; recorded.</summary>
    DateTimeOffset StartedAt { get; }

    /// <summary>Runs a stage, or returns its recorded result when this is a replay.</summary>
    /// <exception cref="StageFailedException">The stage failed for good.</exception>
    Task<TOut> CallAsync<TIn, TOut>(Stage<TIn, TOut> stage, TIn input)
        where TIn : notnull
        where TOut : notnull;
}

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

    /// <summary>Waits for an external event, also one that came before; the time runs on while no process carries the run.</summary>
    /// <param name="eventName">Each wait takes one event of this name.</param>
    /// <param name="limit">Longest time to wait.</param>
    /// <returns>What came with the event; null when the time ran out.</returns>
    Task<TEvent?> WaitForEventAsync<TEvent>(string eventName, TimeSpan limit)
        where TEvent : class;

    /// <summary>Lets time pass; it runs on while no process carries the run.</summary>
    Task DelayAsync(TimeSpan time);
}

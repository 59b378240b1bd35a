using Retraining.Execution;
using Retraining.Tests.Local.Engine;

namespace Retraining.Tests.Engines;

/// <summary>One run of a definition on one engine, in a process that a test can stop; the stages are what the test says they are.</summary>
internal abstract class ContextRig : IAsyncDisposable
{
    public StageScript Script { get; } = new();

    public abstract string RunId { get; }

    /// <summary>A time that nobody wants to wait for, and that <see cref="PassAsync"/> lets pass.</summary>
    public virtual TimeSpan Long => TimeSpan.FromDays(1);

    public Task StartAsync(PipelineDefinition definition, params IReadOnlyList<Stage<Note, Note>> stages) =>
        BeginAsync(definition, stages.Count == 0 ? NotePipeline.All : stages);

    public Task StartAsync((PipelineDefinition Definition, Stage<Note, Note> Stage) one) => StartAsync(one.Definition, one.Stage);

    /// <summary>Returns when the run does nothing but wait for an event or the time.</summary>
    public abstract Task UntilItWaitsAsync();

    /// <summary>Also while no process carries the run.</summary>
    public abstract Task RaiseAsync(string eventName, string json);

    /// <summary>The process that carries the run goes away, as it does on a shutdown.</summary>
    public abstract Task StopAsync();

    /// <summary>Lets time pass; only while no process carries the run.</summary>
    public abstract Task PassAsync(TimeSpan time);

    /// <summary>Another process takes the run over.</summary>
    public abstract Task GoOnAsync();

    /// <summary>Waits for the end: the result's version, or the error.</summary>
    public abstract Task<(string? Version, string? Error)> EndAsync();

    public abstract ValueTask DisposeAsync();

    protected abstract Task BeginAsync(PipelineDefinition definition, IReadOnlyList<Stage<Note, Note>> stages);
}

using Retraining.Execution;

namespace Retraining.Tests.Features;

/// <summary>Runs every stage at once where it is called: a definition without an engine.</summary>
internal sealed class DirectContext(StageRegistry stages, StageContext context) : IPipelineContext
{
    public string RunId => context.RunId;

    public DateTimeOffset StartedAt => context.StartedAt;

    /// <summary>Titles of the calls, in order.</summary>
    public List<string> Calls { get; } = [];

    public Task<TOut> CallAsync<TIn, TOut>(Stage<TIn, TOut> stage, TIn input)
        where TIn : notnull
        where TOut : notnull
    {
        Calls.Add(stage.Title);
        return stages.Create(stage).RunAsync(input, context, CancellationToken.None);
    }

    public Task<TEvent?> WaitForEventAsync<TEvent>(string eventName, TimeSpan limit)
        where TEvent : class => throw new NotSupportedException();

    public Task DelayAsync(TimeSpan time) => throw new NotSupportedException();
}

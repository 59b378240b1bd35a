using System.Text.Json;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Cli.Steps;

/// <summary>
/// The weekly definition over a run that was recorded, carried on by hand up to some stages. What the run recorded is taken as it is, what it
/// has not done is done now, in a folder of its own, and nothing is recorded. Stages beyond the wanted ones are never reached.
/// </summary>
/// <param name="run">The run, with the results that it recorded.</param>
/// <param name="startedAt">When the version is said to have started: its name.</param>
/// <param name="wanted">Names of the stages to do, done anew even where the run recorded them.</param>
internal sealed class StepContext(
    RunState run, DateTimeOffset startedAt, IReadOnlyCollection<string> wanted, StageRegistry stages, IProgress<StageProgress> progress,
    CancellationToken cancellationToken) : IPipelineContext
{
    private static readonly string[] Order = [.. Stages.All.Select(stage => stage.Name)];
    private readonly Dictionary<string, object> _done = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string RunId => run.RunId;
    public DateTimeOffset StartedAt => startedAt;

    /// <summary>All wanted stages are done; otherwise the definition ended before them.</summary>
    public bool Reached => wanted.All(_done.ContainsKey);

    /// <summary>Result of a stage that was reached.</summary>
    public TOut Result<TIn, TOut>(Stage<TIn, TOut> stage)
        where TIn : notnull
        where TOut : notnull => (TOut)_done[stage.Name];

    /// <summary>Follows the definition until all wanted stages are done, or until it would notify people because it has ended.</summary>
    public async Task RunAsync(PipelineDefinition definition, RetrainingRequest request)
    {
        var carried = definition(this, request);
        await await Task.WhenAny(carried, _end.Task);
    }

    public async Task<TOut> CallAsync<TIn, TOut>(Stage<TIn, TOut> stage, TIn input)
        where TIn : notnull
        where TOut : notnull
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (stage.Name == Stages.NotifyPeople.Name)
            _end.TrySetResult();
        if (!IsNeeded(stage.Name))
            return await new TaskCompletionSource<TOut>().Task;

        var result = Recorded(stage) ?? await DoAsync(stage, input);
        lock (_done)
        {
            _done[stage.Name] = result;
            if (Reached)
                _end.TrySetResult();
        }

        return (TOut)result;
    }

    public Task<TEvent?> WaitForEventAsync<TEvent>(string eventName, TimeSpan limit)
        where TEvent : class => Task.FromResult<TEvent?>(null);

    public Task DelayAsync(TimeSpan time) => Task.CompletedTask;

    private async Task<object> DoAsync<TIn, TOut>(Stage<TIn, TOut> stage, TIn input)
        where TIn : notnull
        where TOut : notnull
    {
        progress.Report(new StageProgress { Message = $"{stage.Name}: {stage.Title}" });
        var context = new StageContext($"{run.RunId}-by-hand", startedAt, Attempt: 1, progress);
        return await stages.Create(stage).RunAsync(input, context, cancellationToken);
    }

    /// <summary>Wanted, or before the last wanted one. Stages side by side with the wanted ones are none of its needs, unless a later one takes them.</summary>
    private bool IsNeeded(string stage)
    {
        if (wanted.Contains(stage))
            return true;
        var last = wanted.Max(name => Array.IndexOf(Order, name));
        var place = Array.IndexOf(Order, stage);
        var sideBySide = last <= Array.IndexOf(Order, Stages.EmbedUsers.Name) && place >= Array.IndexOf(Order, Stages.ExportModel.Name);
        return place < last && !sideBySide;
    }

    // From the export on, files carry the version's name, so under another name they are made again.
    private object? Recorded<TIn, TOut>(Stage<TIn, TOut> stage)
        where TIn : notnull
        where TOut : notnull
    {
        if (wanted.Contains(stage.Name))
            return null;
        var carriesVersion = Array.IndexOf(Order, stage.Name) >= Array.IndexOf(Order, Stages.ExportModel.Name);
        if (carriesVersion && VersionName.From(startedAt) != VersionName.From(run.CreatedAt))
            return null;
        // By title: what was done in parts has no result for the whole.
        var json = run.Stages.FirstOrDefault(done => done.Name == stage.Name && done.Title == stage.Title)?.ResultJson;
        return json is null ? null : JsonSerializer.Deserialize<TOut>(json, RecordJson.Options);
    }
}

using System.Text.Json;
using System.Threading.Channels;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Tests.Host;

/// <summary>Runs in memory: keeps what it is told, and runs nothing.</summary>
internal sealed class InMemoryRuns(TimeProvider time) : IRunClient
{
    private readonly List<RunState> _runs = [];
    private readonly Dictionary<string, List<RunEvent>> _events = [];
    private readonly Channel<string?> _startAttempts = Channel.CreateUnbounded<string?>();

    public List<(string Verb, string RunId, string? Content)> Asked { get; } = [];

    public Exception? Fault { get; set; }

    /// <summary>Faults of going on with single runs.</summary>
    public Dictionary<string, Exception> FaultOf { get; } = [];

    /// <summary>Ids that somebody tried to start, those in progress included.</summary>
    public ChannelReader<string?> StartAttempts => _startAttempts.Reader;

    public void Add(RunState run, params RunEvent[] events)
    {
        _runs.RemoveAll(other => other.RunId == run.RunId);
        _runs.Add(run);
        _events[run.RunId] = [.. events];
    }

    public Task<string> StartAsync(RetrainingRequest request, string? runId, CancellationToken cancellationToken)
    {
        _startAttempts.Writer.TryWrite(runId);
        if (Fault is not null)
            throw Fault;
        if (_runs.Find(run => !run.HasEnded || run.RunId == runId) is { } other)
            throw new RunInProgressException(other.RunId);
        runId ??= $"run-{_runs.Count + 1}";
        var now = time.GetUtcNow();
        Add(new RunState { RunId = runId, Status = RunStatus.Running, CreatedAt = now, UpdatedAt = now, Request = request });
        return Task.FromResult(runId);
    }

    public Task<RunState?> GetAsync(string runId, CancellationToken cancellationToken) =>
        Fault is null ? Task.FromResult(_runs.Find(run => run.RunId == runId)) : throw Fault;

    public Task<RunPage> ListAsync(RunQuery query, CancellationToken cancellationToken)
    {
        if (Fault is not null)
            throw Fault;
        var skip = query.ContinuationToken is { } token ? int.Parse(token) : 0;
        var matches = _runs
            .Where(run => query.Statuses.Count == 0 || query.Statuses.Contains(run.Status))
            .Where(run => query.CreatedFrom is null || run.CreatedAt >= query.CreatedFrom)
            .Where(run => query.CreatedTo is null || run.CreatedAt <= query.CreatedTo)
            .Where(run => query.IdPrefix is null || run.RunId.StartsWith(query.IdPrefix, StringComparison.Ordinal))
            .OrderByDescending(run => run.CreatedAt)
            .ToList();
        var page = matches.Skip(skip).Take(query.Top).ToList();
        var next = skip + page.Count < matches.Count ? $"{skip + page.Count}" : null;
        return Task.FromResult(new RunPage([.. page.Select(run => Brief(run, query))], next));
    }

    private static RunBrief Brief(RunState run, RunQuery query) => !query.WithRecords ? RunBrief.Of(run) : RunBrief.Of(run) with
    {
        RequestJson = JsonSerializer.SerializeToUtf8Bytes(run.Request, RecordJson.Options),
        ResultJson = JsonSerializer.SerializeToUtf8Bytes(run.Result, RecordJson.Options),
    };

    public Task<IReadOnlyList<RunEvent>> HistoryAsync(string runId, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<RunEvent>>(_events.GetValueOrDefault(runId, []));

    public Task<ControlResult> TerminateAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        SteerAsync("terminate", runId, reason, RunStatus.Terminated);

    public Task<ControlResult> SuspendAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        SteerAsync("suspend", runId, reason, RunStatus.Suspended);

    public Task<ControlResult> ResumeAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        SteerAsync("resume", runId, reason, RunStatus.Running);

    public Task<ControlResult> TakeOverAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        FaultOf.TryGetValue(runId, out var fault) ? throw fault : SteerAsync("take over", runId, reason, RunStatus.Running);

    public Task<ControlResult> RaiseEventAsync(string runId, string name, string json, CancellationToken cancellationToken) =>
        SteerAsync($"raiseEvent {name}", runId, JsonDocument.Parse(json).RootElement.GetRawText(), null);

    public Task<ControlResult> RewindAsync(string runId, string? reason, CancellationToken cancellationToken)
    {
        if (FaultOf.TryGetValue(runId, out var fault))
            throw fault;
        Asked.Add(("rewind", runId, reason));
        return Task.FromResult(_runs.Find(run => run.RunId == runId)?.Status switch
        {
            null => ControlResult.NotFound,
            RunStatus.Failed => ControlResult.Accepted,
            _ => ControlResult.Gone,
        });
    }

    public Task<ControlResult> PurgeAsync(string runId, CancellationToken cancellationToken) =>
        Task.FromResult(_runs.RemoveAll(run => run.RunId == runId && run.HasEnded) > 0 ? ControlResult.Accepted : ControlResult.NotFound);

    private Task<ControlResult> SteerAsync(string verb, string runId, string? content, RunStatus? status)
    {
        Asked.Add((verb, runId, content));
        if (_runs.Find(run => run.RunId == runId) is not { } run)
            return Task.FromResult(ControlResult.NotFound);
        if (run.HasEnded)
            return Task.FromResult(ControlResult.Gone);
        if (status is { } next)
            _runs[_runs.IndexOf(run)] = run with { Status = next };
        return Task.FromResult(ControlResult.Accepted);
    }
}

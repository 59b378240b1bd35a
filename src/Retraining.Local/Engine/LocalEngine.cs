using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Journal;
using Retraining.Local.Artifacts;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>The embedded engine: carries one run at a time, and lets every process that shares its journals look at runs and steer them.</summary>
public sealed class LocalEngine : IRunClient, IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    private readonly EngineServices _services;
    private readonly ILogger _logger;
    private readonly IJournalHome _home;
    private readonly RunReader _reader;
    private readonly IArtifactStore _work;
    private readonly RunCarrier _carrier;

    public LocalEngine(EngineServices services)
    {
        _services = services;
        _logger = services.Logging.CreateLogger<LocalEngine>();
        _home = services.Journals ?? new FolderJournalHome(services.Settings.Folder, services.Time, _logger);
        _reader = new RunReader(_home);
        _work = services.Work ?? new LocalArtifactStore(services.Settings.Folder);
        _carrier = new RunCarrier(_home, _reader, services, _logger);
    }

    public Task<string> StartAsync(RetrainingRequest request, string? runId, CancellationToken cancellationToken) =>
        StartAsync(request, runId, startedAt: null, cancellationToken);

    /// <param name="startedAt">Names the version instead of the clock, to repeat a run exactly.</param>
    /// <inheritdoc cref="StartAsync(RetrainingRequest, string?, CancellationToken)"/>
    public async Task<string> StartAsync(RetrainingRequest request, string? runId, DateTimeOffset? startedAt, CancellationToken cancellationToken)
    {
        _home.Prepare();
        var lease = await _carrier.LeaseAsync(cancellationToken);
        try
        {
            if (runId is not null)
                await RequireUnusedAsync(runId, cancellationToken);

            var start = FreeStart(startedAt ?? _services.Time.GetUtcNow());
            runId ??= $"run-{start.UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
            var run = _home.Create(runId, start);
            await _carrier.CarryAsync(run, lease, Begin, cancellationToken);
            _logger.RunStarted(runId, run.Version, request.StartedBy);
            return runId;

            bool Begin(IRunJournal journal)
            {
                journal.Append(EventKinds.RunStarted, new RunStartedContent(runId, start, request, DefinitionBuild.Name));
                return true;
            }
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    public Task<RunState?> GetAsync(string runId, CancellationToken cancellationToken) => Task.FromResult(_reader.Get(runId));

    public Task<RunPage> ListAsync(RunQuery query, CancellationToken cancellationToken) => Task.FromResult(_reader.List(query, cancellationToken));

    public Task<IReadOnlyList<RunEvent>> HistoryAsync(string runId, CancellationToken cancellationToken) => Task.FromResult(_reader.History(runId));

    public Task<ControlResult> TerminateAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        AskAsync(runId, new ControlRequest(ControlRequest.Terminate, reason), cancellationToken);

    public Task<ControlResult> SuspendAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        AskAsync(runId, new ControlRequest(ControlRequest.Suspend, reason), cancellationToken);

    public async Task<ControlResult> ResumeAsync(string runId, string? reason, CancellationToken cancellationToken)
    {
        if (IsInterrupted(runId))
            return await GoOnAsync(runId, EventKinds.RunResumed, reason, [RunStatus.Running, RunStatus.Suspended], cancellationToken);
        var asked = await AskAsync(runId, new ControlRequest(ControlRequest.Resume, reason), cancellationToken);
        // Who held its lock a moment ago may have been about to let go of it.
        return asked == ControlResult.Accepted && IsInterrupted(runId)
            ? await GoOnAsync(runId, EventKinds.RunResumed, reason, [RunStatus.Running, RunStatus.Suspended], cancellationToken)
            : asked;
    }

    public async Task<ControlResult> TakeOverAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        await GoOnAsync(runId, EventKinds.RunResumed, reason, [RunStatus.Running], cancellationToken);

    public Task<ControlResult> RaiseEventAsync(string runId, string name, string json, CancellationToken cancellationToken)
    {
        var value = JsonSerializer.Deserialize<JsonElement>(json);
        return AskAsync(runId, new ControlRequest(ControlRequest.Raise, null, name, value), cancellationToken);
    }

    public async Task<ControlResult> RewindAsync(string runId, string? reason, CancellationToken cancellationToken)
    {
        RunStatus[] from = [RunStatus.Running, RunStatus.Suspended, RunStatus.Failed];
        return await GoOnAsync(runId, EventKinds.RunRewound, reason, from, cancellationToken);
    }

    public async Task<ControlResult> PurgeAsync(string runId, CancellationToken cancellationToken)
    {
        if (_home.Find(runId) is not { } run)
            return ControlResult.NotFound;
        if (!await _home.TryRemoveAsync(run, cancellationToken))
            throw new RunInProgressException(runId);

        _reader.Forget(run);
        var files = $"runs/{runId}/";
        foreach (var file in await _work.ListAsync(files, cancellationToken))
            await _work.DeleteAsync(file, cancellationToken);
        (_work as LocalArtifactStore)?.RemoveFolder(files);
        return ControlResult.Accepted;
    }

    /// <summary>Waits until the run has ended or nobody carries it any more.</summary>
    /// <exception cref="JournalWriteException">This process carried it and its journal takes no more records.</exception>
    public async Task<RunState?> WaitAsync(string runId, CancellationToken cancellationToken)
    {
        await _carrier.WhenEndedAsync(runId).WaitAsync(cancellationToken);
        var state = _reader.Get(runId);
        while (state is { HasEnded: false, Interrupted: false })
        {
            await Task.Delay(WatchInterval, _services.Time, cancellationToken);
            state = _reader.Get(runId);
        }

        return state;
    }

    /// <summary>Stops the runs that this process carries, so that they can go on later.</summary>
    public Task InterruptAsync() => _carrier.InterruptAsync();

    public ValueTask DisposeAsync() => _carrier.DisposeAsync();

    /// <summary>The first whole second from <paramref name="now"/> on that no run started in: versions are named after it.</summary>
    private DateTimeOffset FreeStart(DateTimeOffset now)
    {
        var taken = _home.Keys().Select(run => run.Version).ToHashSet(StringComparer.Ordinal);
        var start = new DateTimeOffset(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), now.Offset).ToUniversalTime();
        while (taken.Contains(VersionName.From(start)))
            start = start.AddSeconds(1);
        return start;
    }

    /// <summary>A run without records is what a crash left before it began.</summary>
    private async Task RequireUnusedAsync(string runId, CancellationToken cancellationToken)
    {
        if (_home.Find(runId) is not { } run)
            return;
        if (_reader.HasBegun(run) || !await _home.TryRemoveAsync(run, cancellationToken))
            throw new RunInProgressException(runId, $"run {runId} was started before, expected a new id");
    }

    private bool IsInterrupted(string runId) => _reader.Get(runId) is { HasEnded: false, Interrupted: true };

    /// <param name="kind">How that is recorded.</param>
    /// <param name="from">States that the run goes on from, once what was asked of it meanwhile is answered.</param>
    private async Task<ControlResult> GoOnAsync(
        string runId, string kind, string? reason, RunStatus[] from, CancellationToken cancellationToken)
    {
        if (_home.Find(runId) is not { } run || _reader.Get(runId) is not { } state)
            return ControlResult.NotFound;
        if (!from.Contains(state.Status))
            return ControlResult.Gone;
        if (_home.Pulse([run])[0].Attended)
            throw new RunInProgressException(runId);

        _home.Prepare();
        var lease = await _carrier.LeaseAsync(cancellationToken);
        try
        {
            (_work as LocalArtifactStore)?.RemoveLeftovers($"runs/{runId}/");
            if (await _carrier.CarryAsync(run, lease, GoOn, cancellationToken))
                return ControlResult.Accepted;
            lease.Dispose();
            return ControlResult.Gone;
        }
        catch
        {
            lease.Dispose();
            throw;
        }

        bool GoOn(IRunJournal journal)
        {
            if (!from.Contains(new RequestBook(_home, run, journal).Settle()))
                return false;
            journal.Append(kind, new ReasonContent(reason));
            return true;
        }
    }

    /// <summary>
    /// Leaves the request where whoever carries the run finds it, now or after a crash; where nobody does, answers it itself.
    /// </summary>
    private async Task<ControlResult> AskAsync(string runId, ControlRequest request, CancellationToken cancellationToken)
    {
        if (_home.Find(runId) is not { } run)
            return ControlResult.NotFound;
        var attended = _home.Pulse([run])[0].Attended;
        var state = _reader.Get(runId);
        if (state is null && !attended)
            return ControlResult.NotFound; // what a crash left before the run began
        if (state is { HasEnded: true })
            return ControlResult.Gone;

        _home.Ask(run, request);
        if (!_home.Pulse([run])[0].Attended)
            await _carrier.SettleAsync(run, cancellationToken);
        return ControlResult.Accepted;
    }
}

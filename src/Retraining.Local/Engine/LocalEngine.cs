using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Retraining.Local.Artifacts;
using Retraining.Local.Files;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>The embedded engine: carries one run at a time on this machine, and lets every process that shares its folder look at runs and steer them.</summary>
public sealed class LocalEngine : IRunClient, IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(200);

    private readonly EngineServices _services;
    private readonly ILogger _logger;
    private readonly RunFolders _folders;
    private readonly RunReader _reader;
    private readonly LocalArtifactStore _work;
    private readonly RunCarrier _carrier;

    public LocalEngine(EngineServices services)
    {
        _services = services;
        _logger = services.Logging.CreateLogger<LocalEngine>();
        _folders = new RunFolders(services.Settings.Folder);
        _reader = new RunReader(_folders);
        _work = new LocalArtifactStore(services.Settings.Folder);
        _carrier = new RunCarrier(_folders, services, _logger);
    }

    public Task<string> StartAsync(RetrainingRequest request, string? runId, CancellationToken cancellationToken) =>
        StartAsync(request, runId, startedAt: null, cancellationToken);

    /// <param name="startedAt">Names the version instead of the clock, to repeat a run exactly.</param>
    /// <inheritdoc cref="StartAsync(RetrainingRequest, string?, CancellationToken)"/>
    public async Task<string> StartAsync(RetrainingRequest request, string? runId, DateTimeOffset? startedAt, CancellationToken cancellationToken)
    {
        _folders.CreateRoot();
        var lease = await _carrier.LeaseAsync(cancellationToken);
        try
        {
            if (runId is not null)
                RequireUnused(runId);

            var start = _folders.FreeStart(startedAt ?? _services.Time.GetUtcNow());
            runId ??= $"run-{start.UtcDateTime:yyyyMMdd-HHmmss}-{RandomNumberGenerator.GetHexString(4, lowercase: true)}";
            var folder = _folders.Create(runId, start);
            await _carrier.CarryAsync(folder, lease, EventKinds.RunStarted, new RunStartedContent(runId, start, request), cancellationToken);
            _logger.RunStarted(runId, folder.Version, request.StartedBy);
            return runId;
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
        ControlAsync(runId, new ControlRequest(ControlRequest.Terminate, reason), EventKinds.RunTerminated, cancellationToken);

    public Task<ControlResult> SuspendAsync(string runId, string? reason, CancellationToken cancellationToken) =>
        ControlAsync(runId, new ControlRequest(ControlRequest.Suspend, reason), EventKinds.RunSuspended, cancellationToken);

    public async Task<ControlResult> ResumeAsync(string runId, string? reason, CancellationToken cancellationToken)
    {
        var state = _reader.Get(runId);
        if (state is { HasEnded: false, Interrupted: true })
            return await GoOnAsync(runId, EventKinds.RunResumed, reason, cancellationToken);
        return await ControlAsync(runId, new ControlRequest(ControlRequest.Resume, reason), EventKinds.RunResumed, cancellationToken);
    }

    public Task<ControlResult> RaiseEventAsync(string runId, string name, string json, CancellationToken cancellationToken)
    {
        var value = JsonSerializer.Deserialize<JsonElement>(json);
        return ControlAsync(runId, new ControlRequest(ControlRequest.Raise, null, name, value), EventKinds.EventRaised, cancellationToken);
    }

    public async Task<ControlResult> RewindAsync(string runId, string? reason, CancellationToken cancellationToken)
    {
        var state = _reader.Get(runId);
        if (state is null)
            return ControlResult.NotFound;
        if (state.Status is RunStatus.Completed or RunStatus.Terminated)
            return ControlResult.Gone;
        return await GoOnAsync(runId, EventKinds.RunRewound, reason, cancellationToken);
    }

    public async Task<ControlResult> PurgeAsync(string runId, CancellationToken cancellationToken)
    {
        if (_folders.Find(runId) is not { } folder)
            return ControlResult.NotFound;

        using (var held = await FileLock.TryAcquireAsync(folder.Lock, cancellationToken))
        {
            if (held is null)
                throw new RunInProgressException(runId);
        }

        Directory.Delete(folder.Path, recursive: true);
        _reader.Forget(folder);
        var files = Path.Combine(_work.Location, "runs", runId);
        if (Directory.Exists(files))
            Directory.Delete(files, recursive: true);
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

    /// <summary>A folder without a journal is what a crash left before its run began.</summary>
    private void RequireUnused(string runId)
    {
        if (_folders.Find(runId) is not { } folder)
            return;
        if (_reader.Get(runId) is not null)
            throw new RunInProgressException(runId, $"run {runId} was started before, expected a new id");
        Directory.Delete(folder.Path, recursive: true);
    }

    private async Task<ControlResult> GoOnAsync(string runId, string kind, string? reason, CancellationToken cancellationToken)
    {
        if (_folders.Find(runId) is not { } folder)
            return ControlResult.NotFound;
        if (folder.IsAttended)
            throw new RunInProgressException(runId);

        var lease = await _carrier.LeaseAsync(cancellationToken);
        try
        {
            new ControlBox(folder.Control, _services.Time, _logger).Clear();
            _work.RemoveLeftovers($"runs/{runId}/");
            await _carrier.CarryAsync(folder, lease, kind, new ReasonContent(reason), cancellationToken);
            return ControlResult.Accepted;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>Asks the process that carries the run; where none does, writes the record itself.</summary>
    private async Task<ControlResult> ControlAsync(string runId, ControlRequest request, string kind, CancellationToken cancellationToken)
    {
        if (_folders.Find(runId) is not { } folder)
            return ControlResult.NotFound;
        if (_reader.Get(runId) is not { HasEnded: false })
            return ControlResult.Gone;

        using var held = folder.IsAttended ? null : await FileLock.TryAcquireAsync(folder.Lock, cancellationToken);
        if (held is null)
        {
            new ControlBox(folder.Control, _services.Time, _logger).Put(request);
            return ControlResult.Accepted;
        }

        using var journal = RunJournal.Open(folder.Journal, _services.Time, _logger);
        object content = request.Kind == ControlRequest.Raise
            ? new EventRaisedContent(request.EventName ?? "", request.Value ?? default)
            : new ReasonContent(request.Reason);
        journal.Append(kind, content);
        return ControlResult.Accepted;
    }
}

namespace Retraining.Operations;

/// <summary>Starts runs, looks at them and steers them, whatever engine carries them. The HTTP API, the status page and the command line speak to this.</summary>
public interface IRunClient
{
    /// <summary>Starts a run and returns its id without waiting for it.</summary>
    /// <param name="request">Recorded as the run's input.</param>
    /// <param name="runId">A scheduled run's id (<c>retrain-2026-W47</c>); null makes one.</param>
    /// <exception cref="RunInProgressException">Another run is in progress, or this id was started before.</exception>
    Task<string> StartAsync(RetrainingRequest request, string? runId, CancellationToken cancellationToken);

    /// <summary>One run, or null.</summary>
    /// <exception cref="Journal.JournalUnreadableException">Its journal cannot be read.</exception>
    Task<RunState?> GetAsync(string runId, CancellationToken cancellationToken);

    /// <summary>Runs by <paramref name="query"/>, newest first; one that cannot be read is <see cref="RunStatus.Unknown"/> and hides no other.</summary>
    Task<RunPage> ListAsync(RunQuery query, CancellationToken cancellationToken);

    /// <summary>Everything the run's journal holds, oldest first; empty for an unknown run.</summary>
    Task<IReadOnlyList<RunEvent>> HistoryAsync(string runId, CancellationToken cancellationToken);

    Task<ControlResult> TerminateAsync(string runId, string? reason, CancellationToken cancellationToken);

    /// <summary>Lets running stages end and starts no further one until resumed.</summary>
    Task<ControlResult> SuspendAsync(string runId, string? reason, CancellationToken cancellationToken);

    Task<ControlResult> ResumeAsync(string runId, string? reason, CancellationToken cancellationToken);

    /// <summary>
    /// Goes on with a run whose process is gone. One that is suspended stays so, and one that was ended meanwhile has ended: both are
    /// <see cref="ControlResult.Gone"/>.
    /// </summary>
    /// <exception cref="RunInProgressException">A process carries it, or another run.</exception>
    Task<ControlResult> TakeOverAsync(string runId, string? reason, CancellationToken cancellationToken);

    /// <summary>Hands an external event (an approval) to a run that waits for it.</summary>
    Task<ControlResult> RaiseEventAsync(string runId, string name, string json, CancellationToken cancellationToken);

    /// <summary>Goes on with a failed or interrupted run at its first unfinished stage.</summary>
    Task<ControlResult> RewindAsync(string runId, string? reason, CancellationToken cancellationToken);

    /// <summary>Removes an ended run's records, also those that cannot be read.</summary>
    Task<ControlResult> PurgeAsync(string runId, CancellationToken cancellationToken);
}

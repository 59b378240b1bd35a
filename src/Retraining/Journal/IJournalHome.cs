namespace Retraining.Journal;

/// <summary>Where runs keep their journals: a folder, or PostgreSQL. Every process that uses the same home sees the same runs; one of them carries a run at a time.</summary>
public interface IJournalHome
{
    /// <summary>Where this is, for people; no secrets.</summary>
    string Location { get; }

    /// <summary>Makes it ready to write to.</summary>
    void Prepare();

    /// <summary>All runs, newest first.</summary>
    IReadOnlyList<RunKey> Keys();

    RunKey? Find(string runId);

    /// <exception cref="Execution.PermanentStageException">The id cannot be used.</exception>
    RunKey Create(string runId, DateTimeOffset startedAt);

    /// <summary>Signs of life of <paramref name="runs"/>, in their order. A run that ends meanwhile is never seen as abandoned.</summary>
    IReadOnlyList<RunPulse> Pulse(IReadOnlyList<RunKey> runs);

    /// <summary>What was last kept of <paramref name="runs"/> by <see cref="KeepSummary"/>, in their order; null where nothing was.</summary>
    IReadOnlyList<StoredSummary?> Summaries(IReadOnlyList<RunKey> runs);

    /// <summary>The bodies kept with them, in their order; null where there is none.</summary>
    IReadOnlyList<byte[]?> SummaryBodies(IReadOnlyList<RunKey> runs);

    /// <summary>Keeps a short form of an ended run, so that a list need not read its journal. It may be lost at any time.</summary>
    /// <param name="head">What lists need; one line of text in UTF-8. Replaces what was there.</param>
    /// <param name="body">What only some lists need.</param>
    void KeepSummary(RunKey run, byte[] head, byte[] body);

    /// <summary>All intact records; empty when there are none. Also while another process writes.</summary>
    /// <exception cref="JournalUnreadableException">There is damage before an intact record.</exception>
    IReadOnlyList<JournalRecord> Read(RunKey run);

    /// <summary>The right to carry a run, or null when another process has it.</summary>
    Task<IRunLease?> TryLeaseAsync(CancellationToken cancellationToken);

    /// <summary>Id of the run that the holder of the lease carries; null before it carries one.</summary>
    string? LeasedRun();

    /// <summary>Opens a journal for appending and repairs what an interrupted write left; null when another process has it open.</summary>
    /// <param name="lease">Held by those who carry the run; null for those who only add a record.</param>
    /// <exception cref="JournalUnreadableException">There is damage before an intact record.</exception>
    Task<IRunJournal?> TryOpenAsync(RunKey run, IRunLease? lease, CancellationToken cancellationToken);

    /// <summary>Removes a run; false when a living process carries it.</summary>
    Task<bool> TryRemoveAsync(RunKey run, CancellationToken cancellationToken);

    /// <summary>Leaves a request for the process that carries the run, or will; it survives a power cut.</summary>
    void Ask(RunKey run, ControlRequest request);

    /// <summary>The requests that others left and nobody removed, oldest first.</summary>
    IReadOnlyList<AskedRequest> Requests(RunKey run);

    /// <summary>Removes a request that has been answered; one that is not there is no error.</summary>
    void RemoveRequest(RunKey run, string requestId);

    /// <param name="json">Replaces what was there.</param>
    void WriteProgress(RunKey run, byte[] json);

    /// <summary>Empty when there is none.</summary>
    byte[] ReadProgress(RunKey run);
}

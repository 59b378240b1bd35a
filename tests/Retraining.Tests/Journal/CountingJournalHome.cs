using Retraining.Journal;

namespace Retraining.Tests.Journal;

/// <summary>Counts whose journals are read, and tells when one is about to be let go of.</summary>
internal sealed class CountingJournalHome(IJournalHome inner) : IJournalHome
{
    private int _reads;

    /// <summary>Journals read so far, each as often as it was.</summary>
    public int Reads => _reads;

    /// <summary>Called once, while the lock is still held and after the last record.</summary>
    public Action? LettingGo { get; set; }

    public string Location => inner.Location;

    public void Prepare() => inner.Prepare();

    public IReadOnlyList<RunKey> Keys() => inner.Keys();

    public RunKey? Find(string runId) => inner.Find(runId);

    public RunKey Create(string runId, DateTimeOffset startedAt) => inner.Create(runId, startedAt);

    public IReadOnlyList<RunPulse> Pulse(IReadOnlyList<RunKey> runs) => inner.Pulse(runs);

    public IReadOnlyList<StoredSummary?> Summaries(IReadOnlyList<RunKey> runs) => inner.Summaries(runs);

    public IReadOnlyList<byte[]?> SummaryBodies(IReadOnlyList<RunKey> runs) => inner.SummaryBodies(runs);

    public void KeepSummary(RunKey run, byte[] head, byte[] body) => inner.KeepSummary(run, head, body);

    public IReadOnlyList<JournalRecord> Read(RunKey run)
    {
        Interlocked.Increment(ref _reads);
        return inner.Read(run);
    }

    public Task<IRunLease?> TryLeaseAsync(CancellationToken cancellationToken) => inner.TryLeaseAsync(cancellationToken);

    public string? LeasedRun() => inner.LeasedRun();

    public async Task<IRunJournal?> TryOpenAsync(RunKey run, IRunLease? lease, CancellationToken cancellationToken) =>
        await inner.TryOpenAsync(run, lease, cancellationToken) is { } journal ? new WatchedJournal(journal, this) : null;

    public Task<bool> TryRemoveAsync(RunKey run, CancellationToken cancellationToken) => inner.TryRemoveAsync(run, cancellationToken);

    public void Ask(RunKey run, ControlRequest request) => inner.Ask(run, request);

    public IReadOnlyList<AskedRequest> Requests(RunKey run) => inner.Requests(run);

    public void RemoveRequest(RunKey run, string requestId) => inner.RemoveRequest(run, requestId);

    public void WriteProgress(RunKey run, byte[] json) => inner.WriteProgress(run, json);

    public byte[] ReadProgress(RunKey run) => inner.ReadProgress(run);

    private sealed class WatchedJournal(IRunJournal journal, CountingJournalHome home) : IRunJournal
    {
        public IReadOnlyList<JournalRecord> Records => journal.Records;

        public JournalRecord Append<T>(string kind, string? stage, int? call, T content) => journal.Append(kind, stage, call, content);

        public void Renew() => journal.Renew();

        public void Dispose()
        {
            var told = home.LettingGo;
            home.LettingGo = null;
            told?.Invoke();
            journal.Dispose();
        }
    }
}

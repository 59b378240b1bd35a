using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Retraining.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>Carries runs in the background of this process, each under the lease of the journals' home and with a journal that is its own.</summary>
internal sealed class RunCarrier(IJournalHome home, RunReader reader, EngineServices services, ILogger logger) : IAsyncDisposable
{
    private const int LeaseAttempts = 100;
    private static readonly TimeSpan LeasePause = TimeSpan.FromMilliseconds(50);
    private readonly WorkSlots _slots = new(services.Settings);
    private readonly ConcurrentDictionary<string, (CancellationTokenSource Stop, Task Task)> _carried = new(StringComparer.Ordinal);

    /// <summary>The right to carry a run. It ends with the process.</summary>
    /// <exception cref="RunInProgressException">Another run is in progress; it is named once its journal has a record.</exception>
    public async Task<IRunLease> LeaseAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await home.TryLeaseAsync(cancellationToken) is { } lease)
                return lease;
            // Whoever has just taken it may fail to begin, or not have written down yet what it begins.
            if (Leased() is { } runId)
                throw new RunInProgressException(runId);
            if (attempt == LeaseAttempts)
                throw new RunInProgressException("(unknown)", "another process is about to carry a run, expected none: try again");
            await Task.Delay(LeasePause, cancellationToken);
        }
    }

    /// <summary>Carries a run in the background. Owns <paramref name="lease"/> once it returns true.</summary>
    /// <param name="begin">Records why the run begins or goes on here; false where it shall not.</param>
    public async Task<bool> CarryAsync(RunKey run, IRunLease lease, Func<IRunJournal, bool> begin, CancellationToken cancellationToken)
    {
        var journal = await home.TryOpenAsync(run, lease, cancellationToken) ?? throw new RunInProgressException(run.RunId);
        try
        {
            if (!begin(journal))
            {
                journal.Dispose();
                return false;
            }

            var stop = new CancellationTokenSource();
            var execution = new RunExecution(home, run, journal, stop, _slots, services, logger);
            _carried[run.RunId] = (stop, Task.Run(() => CarryAsync(run, execution, journal, lease), CancellationToken.None));
            return true;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Answers requests where nobody carries the run. Whoever comes in between looks again, as this does.</summary>
    public async Task SettleAsync(RunKey run, CancellationToken cancellationToken)
    {
        while (home.Requests(run).Count > 0)
        {
            using var journal = await home.TryOpenAsync(run, lease: null, cancellationToken);
            if (journal is not { Records.Count: > 0 })
                return; // whoever has it answers them
            new RequestBook(home, run, journal).Settle();
        }
    }

    /// <summary>Ends when this process carries the run no more.</summary>
    public Task WhenEndedAsync(string runId) => _carried.TryGetValue(runId, out var carried) ? carried.Task : Task.CompletedTask;

    public async Task InterruptAsync()
    {
        foreach (var (stop, task) in _carried.Values)
        {
            await stop.CancelAsync();
            await Task.WhenAny(task);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await InterruptAsync();
        foreach (var (stop, _) in _carried.Values)
            stop.Dispose();
        _carried.Clear();
        _slots.Dispose();
    }

    private string? Leased() =>
        home.LeasedRun() is { } runId && home.Find(runId) is { } run && home.Pulse([run])[0] is { Attended: true, Length: > 0 }
            ? runId
            : null;

    private async Task CarryAsync(RunKey run, RunExecution execution, IRunJournal journal, IRunLease lease)
    {
        using (logger.BeginRun(run.RunId))
        {
            using (lease)
            using (journal)
                await RunAsync(run, execution, journal);
            await SettleLastAsync(run);
        }
    }

    /// <summary>Whether another process took the run while this one could not write.</summary>
    private bool IsCarriedElsewhere(RunKey run, IRunJournal journal)
    {
        try
        {
            return home.Read(run).Count > journal.Records.Count;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Answers what was asked between the last look and the end.</summary>
    private async Task SettleLastAsync(RunKey run)
    {
        try
        {
            await SettleAsync(run, CancellationToken.None);
        }
        catch (IOException e)
        {
            logger.RequestsUnread(run.RunId, e.Message); // they stay, for whoever goes on with the run
        }
    }

    private async Task RunAsync(RunKey run, RunExecution execution, IRunJournal journal)
    {
        try
        {
            await execution.RunAsync();
            reader.Summarise(run);
        }
        catch (JournalWriteException e)
        {
            logger.RunBroken(run.RunId, e.Message);
            if (!IsCarriedElsewhere(run, journal))
                await execution.TellFailureAsync(e.Message);
            throw;
        }
    }
}

using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Retraining.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>Carries runs in the background of this process, each under the lease of the journals' home and with a journal that is its own.</summary>
internal sealed class RunCarrier(IJournalHome home, RunReader reader, EngineServices services, ILogger logger) : IAsyncDisposable
{
    private readonly WorkSlots _slots = new(services.Settings);
    private readonly ConcurrentDictionary<string, (CancellationTokenSource Stop, Task Task)> _carried = new(StringComparer.Ordinal);

    /// <summary>The right to carry a run. It ends with the process.</summary>
    /// <exception cref="RunInProgressException">Another run is in progress.</exception>
    public async Task<IRunLease> LeaseAsync(CancellationToken cancellationToken) =>
        await home.TryLeaseAsync(cancellationToken) ?? throw new RunInProgressException(home.LeasedRun() ?? "(unknown)");

    /// <summary>Records why the run begins or goes on here, and carries it in the background. Owns <paramref name="lease"/> once it returns.</summary>
    public async Task CarryAsync<T>(RunKey run, IRunLease lease, string kind, T content, CancellationToken cancellationToken)
    {
        var journal = await home.TryOpenAsync(run, lease, cancellationToken) ?? throw new RunInProgressException(run.RunId);
        try
        {
            journal.Append(kind, content);
            var stop = new CancellationTokenSource();
            var execution = new RunExecution(home, run, journal, stop, _slots, services, logger);
            _carried[run.RunId] = (stop, Task.Run(() => CarryAsync(run, execution, journal, lease), CancellationToken.None));
        }
        catch
        {
            journal.Dispose();
            throw;
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

    private async Task CarryAsync(RunKey run, RunExecution execution, IRunJournal journal, IRunLease lease)
    {
        using (lease)
        using (journal)
        using (logger.BeginRun(run.RunId))
        {
            try
            {
                await execution.RunAsync();
                reader.Summarise(run);
            }
            catch (JournalWriteException e)
            {
                logger.RunBroken(run.RunId, e.Message);
                throw;
            }
        }
    }
}

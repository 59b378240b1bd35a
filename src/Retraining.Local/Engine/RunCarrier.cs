using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Retraining.Local.Files;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;

namespace Retraining.Local.Engine;

/// <summary>Carries runs in the background of this process, each under the lease of the folder and a lock of its own.</summary>
internal sealed class RunCarrier(RunFolders folders, EngineServices services, ILogger logger) : IAsyncDisposable
{
    private readonly WorkSlots _slots = new(services.Settings);
    private readonly ConcurrentDictionary<string, (CancellationTokenSource Stop, Task Task)> _carried = new(StringComparer.Ordinal);

    /// <summary>The right to carry a run. It ends with the process.</summary>
    /// <exception cref="RunInProgressException">Another run is in progress.</exception>
    public async Task<FileLock> LeaseAsync(CancellationToken cancellationToken) =>
        await FileLock.TryAcquireAsync(folders.Lock, cancellationToken)
        ?? throw new RunInProgressException(File.Exists(folders.Owner) ? await File.ReadAllTextAsync(folders.Owner, cancellationToken) : "(unknown)");

    /// <summary>Records why the run begins or goes on here, and carries it in the background. Owns <paramref name="lease"/> once it returns.</summary>
    public async Task CarryAsync<T>(RunFolder folder, FileLock lease, string kind, T content, CancellationToken cancellationToken)
    {
        var held = await FileLock.TryAcquireAsync(folder.Lock, cancellationToken) ?? throw new RunInProgressException(folder.RunId);
        RunJournal? journal = null;
        try
        {
            DurableFile.Replace(folders.Owner, Encoding.UTF8.GetBytes(folder.RunId), flushToDisk: false);
            journal = RunJournal.Open(folder.Journal, services.Time, logger);
            journal.Append(kind, content);
            var stop = new CancellationTokenSource();
            var execution = new RunExecution(folder, journal, stop, _slots, services, logger);
            _carried[folder.RunId] = (stop, Task.Run(() => CarryAsync(folder.RunId, execution, journal, held, lease), CancellationToken.None));
        }
        catch
        {
            journal?.Dispose();
            held.Dispose();
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

    private async Task CarryAsync(string runId, RunExecution execution, RunJournal journal, FileLock held, FileLock lease)
    {
        using (lease)
        using (held)
        using (journal)
        {
            try
            {
                await execution.RunAsync();
            }
            catch (JournalWriteException e)
            {
                logger.RunBroken(runId, e.Message);
                throw;
            }
        }
    }
}

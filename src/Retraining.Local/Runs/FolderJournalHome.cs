using System.Text;
using Microsoft.Extensions.Logging;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Files;
using Retraining.Local.Journal;

namespace Retraining.Local.Runs;

/// <summary>Journals in a folder, under locks of the operating system: they fall with their process.</summary>
internal sealed class FolderJournalHome(string root, TimeProvider time, ILogger logger) : IJournalHome
{
    private readonly RunFolders _folders = new(root);

    public string Location => Path.GetFullPath(root);

    /// <exception cref="PermanentStageException">The folder cannot be made, or takes no files.</exception>
    public void Prepare()
    {
        try
        {
            _folders.CreateRoot();
            _folders.TryWriting();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PermanentStageException(
                $"{Location}: runs cannot be recorded here, expected a folder that this user can write to (engine.folder): {e.Message}", e);
        }
    }

    public IReadOnlyList<RunKey> Keys() => [.. _folders.All().Select(folder => folder.Key)];

    public RunKey? Find(string runId) => _folders.Find(runId)?.Key;

    public RunKey Create(string runId, DateTimeOffset startedAt) => _folders.Create(runId, startedAt).Key;

    public IReadOnlyList<RunPulse> Pulse(IReadOnlyList<RunKey> runs) => [.. runs.Select(Pulse)];

    public IReadOnlyList<StoredSummary?> Summaries(IReadOnlyList<RunKey> runs) => [.. runs.Select(Summary)];

    public IReadOnlyList<byte[]?> SummaryBodies(IReadOnlyList<RunKey> runs) =>
        [.. runs.Select(run => SummaryFile.ReadBody(_folders.Of(run).Summary))];

    public void KeepSummary(RunKey run, byte[] head, byte[] body) =>
        DurableFile.Replace(_folders.Of(run).Summary, SummaryFile.Of(head, body), flushToDisk: false);

    public IReadOnlyList<JournalRecord> Read(RunKey run)
    {
        var file = _folders.Of(run).Journal;
        try
        {
            return File.Exists(file) ? JournalReader.Read(file).Records : [];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return []; // purged just now
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException and not JournalUnreadableException)
        {
            throw new JournalUnreadableException(file, e);
        }
    }

    public async Task<IRunLease?> TryLeaseAsync(CancellationToken cancellationToken)
    {
        var lease = await FileLock.TryAcquireAsync(_folders.Lock, cancellationToken);
        if (lease is not null)
            File.Delete(_folders.Owner); // names the run of the holder before
        return lease;
    }

    public string? LeasedRun()
    {
        try
        {
            return File.ReadAllText(_folders.Owner);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public async Task<IRunJournal?> TryOpenAsync(RunKey run, IRunLease? lease, CancellationToken cancellationToken)
    {
        var folder = _folders.Of(run);
        if (await FileLock.TryAcquireAsync(folder.Lock, cancellationToken) is not { } held)
            return null;

        try
        {
            if (lease is not null)
                DurableFile.Replace(_folders.Owner, Encoding.UTF8.GetBytes(run.RunId), flushToDisk: false);
            return RunJournal.Open(folder.Journal, time, logger, held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    public async Task<bool> TryRemoveAsync(RunKey run, CancellationToken cancellationToken)
    {
        var folder = _folders.Of(run);
        using (var held = await FileLock.TryAcquireAsync(folder.Lock, cancellationToken))
        {
            if (held is null)
                return false;
        }

        Directory.Delete(folder.Path, recursive: true);
        return true;
    }

    public void Ask(RunKey run, ControlRequest request) => BoxOf(run).Put(request);

    public IReadOnlyList<AskedRequest> Requests(RunKey run) => BoxOf(run).Read();

    public void RemoveRequest(RunKey run, string requestId) => BoxOf(run).Remove(requestId);

    public void WriteProgress(RunKey run, byte[] json) => DurableFile.Replace(_folders.Of(run).Progress, json, flushToDisk: false);

    public byte[] ReadProgress(RunKey run)
    {
        try
        {
            return File.ReadAllBytes(_folders.Of(run).Progress);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private StoredSummary? Summary(RunKey run)
    {
        var folder = _folders.Of(run);
        var journal = new FileInfo(folder.Journal);
        return SummaryFile.ReadHead(folder.Summary) is { } head && journal.Exists ? new StoredSummary(journal.Length, head) : null;
    }

    private RunPulse Pulse(RunKey run)
    {
        var folder = _folders.Of(run);
        var attended = folder.IsAttended; // before the length, so that a run that ends in between is seen as ended
        var file = new FileInfo(folder.Journal);
        return new RunPulse(file.Exists ? file.Length : 0, attended);
    }

    private ControlBox BoxOf(RunKey run) => new(_folders.Of(run).Control, time, logger);
}

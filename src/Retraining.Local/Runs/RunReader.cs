using System.Collections.Concurrent;
using Retraining.Local.Journal;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>Looks at runs through their files, whoever carries them. A journal is read again only when it has grown.</summary>
internal sealed class RunReader(RunFolders folders)
{
    private readonly ConcurrentDictionary<string, (long Length, RunHistory History)> _known = new(StringComparer.Ordinal);

    public RunState? Get(string runId) => folders.Find(runId) is { } folder ? Get(folder) : null;

    public RunPage List(RunQuery query, CancellationToken cancellationToken)
    {
        var page = new List<RunState>();
        foreach (var folder in folders.All())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = Key(folder);
            if (query.ContinuationToken is { } token && string.CompareOrdinal(key, token) >= 0)
                continue;
            if (query.IdPrefix is { } prefix && !folder.RunId.StartsWith(prefix, StringComparison.Ordinal))
                continue;
            if (Get(folder) is not { } state || !Matches(state, query))
                continue;
            if (page.Count == query.Top)
                return new RunPage(page, Key(folders.Find(page[^1].RunId)!));
            page.Add(state);
        }

        return new RunPage(page, ContinuationToken: null);
    }

    public IReadOnlyList<RunEvent> History(string runId)
    {
        if (folders.Find(runId) is not { } folder || !File.Exists(folder.Journal))
            return [];
        return [.. JournalReader.Read(folder.Journal).Records.Select(record =>
            new RunEvent(record.Sequence, record.At, record.Kind, record.Stage, record.Content.GetRawText()))];
    }

    public void Forget(RunFolder folder) => _known.TryRemove(folder.Path, out _);

    private static string Key(RunFolder folder) => Path.GetFileName(folder.Path);

    private static bool Matches(RunState state, RunQuery query) =>
        (query.Statuses.Count == 0 || query.Statuses.Contains(state.Status))
        && (query.CreatedFrom is not { } from || state.CreatedAt >= from)
        && (query.CreatedTo is not { } to || state.CreatedAt <= to);

    private RunState? Get(RunFolder folder)
    {
        // Attendance first: a run that ends in between is seen as ended.
        var attended = folder.IsAttended;
        if (Fold(folder) is not { } history)
            return null;

        var progress = history.HasEnded || !attended ? new Dictionary<int, Execution.StageProgress>() : ProgressBoard.Read(folder.Progress);
        return RunStateView.Of(history, progress, attended);
    }

    private RunHistory? Fold(RunFolder folder)
    {
        var file = new FileInfo(folder.Journal);
        if (!file.Exists)
            return null;
        if (_known.TryGetValue(folder.Path, out var known) && known.Length == file.Length)
            return known.History;

        var text = JournalReader.Read(folder.Journal);
        if (text.Records.Count == 0)
            return null;

        var history = RunHistory.From(text.Records);
        _known[folder.Path] = (text.IntactBytes + text.TornBytes, history);
        return history;
    }
}

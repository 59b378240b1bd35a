using System.Collections.Concurrent;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Operations;

namespace Retraining.Local.Runs;

/// <summary>Looks at runs through their journals, whoever carries them. A journal is read again only when it has grown.</summary>
internal sealed class RunReader(IJournalHome home)
{
    private const int RunsAtOnce = 256;
    private const char Separator = '~';
    private readonly ConcurrentDictionary<RunKey, Known> _known = new();

    public RunState? Get(string runId) => home.Find(runId) is { } run ? Get(run, home.Pulse([run])[0]) : null;

    /// <summary>Of ended runs by their summaries: no journal is read unless one has no summary yet.</summary>
    public RunPage List(RunQuery query, CancellationToken cancellationToken)
    {
        var page = new List<(RunKey Run, RunBrief Brief)>();
        foreach (var runs in Candidates(query).Chunk(RunsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var (run, brief) in runs.Zip(Briefs(runs)))
            {
                if (brief is null || !Matches(brief, query))
                    continue;
                if (page.Count == query.Top)
                    return Page(page, query, Token(page[^1].Run));
                page.Add((run, brief));
            }
        }

        return Page(page, query, continuationToken: null);
    }

    /// <summary>Whether it has a record; one that cannot be read has.</summary>
    public bool HasBegun(RunKey run)
    {
        try
        {
            return home.Read(run).Count > 0;
        }
        catch (JournalUnreadableException)
        {
            return true;
        }
    }

    public IReadOnlyList<RunEvent> History(string runId) => home.Find(runId) is not { } run ? [] :
    [
        .. home.Read(run).Select(record => new RunEvent(
            record.Sequence, record.At, record.Kind, record.Stage, record.Content.GetRawText(), record.Call)),
    ];

    public void Forget(RunKey run) => _known.TryRemove(run, out _);

    /// <summary>Keeps a short form of a run that has just ended; where that fails, the first list does it.</summary>
    public void Summarise(RunKey run)
    {
        try
        {
            Get(run, home.Pulse([run])[0]);
        }
        catch (IOException)
        {
            // Its journal is what counts, and whoever reads it next says what is wrong with it.
        }
    }

    private RunPage Page(List<(RunKey Run, RunBrief Brief)> page, RunQuery query, string? continuationToken) => new(
        query.WithRecords ? WithRecords(page) : [.. page.Select(item => item.Brief)], continuationToken);

    private List<RunBrief> WithRecords(List<(RunKey Run, RunBrief Brief)> page)
    {
        var bodies = home.SummaryBodies([.. page.Select(item => item.Run)]);
        return [.. page.Zip(bodies, (item, body) => SummaryOf(item.Run)?.With(body) ?? FromJournal(item.Run, item.Brief))];
    }

    private RunSummary? SummaryOf(RunKey run) => _known.GetValueOrDefault(run)?.Summary;

    private RunBrief FromJournal(RunKey run, RunBrief brief)
    {
        try
        {
            return brief.Status == RunStatus.Unknown || Get(run, home.Pulse([run])[0]) is not { } state ? brief : brief with
            {
                RequestJson = JsonSerializer.SerializeToUtf8Bytes(state.Request, RecordJson.Options),
                ResultJson = JsonSerializer.SerializeToUtf8Bytes(state.Result, RecordJson.Options),
            };
        }
        catch (JournalUnreadableException)
        {
            return brief; // all that is left of it
        }
    }

    /// <summary>From what is known already, then from kept summaries, and only for what is left from journals.</summary>
    private RunBrief?[] Briefs(RunKey[] runs)
    {
        var briefs = new RunBrief?[runs.Length];
        var unknown = Where(runs, run => !_known.ContainsKey(run));
        foreach (var (i, stored) in unknown.Zip(home.Summaries([.. unknown.Select(i => runs[i])])))
            briefs[i] = stored is null ? null : FromSummary(runs[i], stored);

        var rest = Where(briefs, brief => brief is null);
        foreach (var (i, pulse) in rest.Zip(home.Pulse([.. rest.Select(i => runs[i])])))
            briefs[i] = BriefOf(runs[i], pulse);
        return briefs;
    }

    private static List<int> Where<T>(T[] items, Func<T, bool> wanted) => [.. Enumerable.Range(0, items.Length).Where(i => wanted(items[i]))];

    private RunBrief? FromSummary(RunKey run, StoredSummary stored)
    {
        if (RunSummary.Read(stored) is not { } summary)
            return null;
        _known[run] = new Known(summary.Length, summary, History: null);
        return summary.Brief;
    }

    private IEnumerable<RunKey> Candidates(RunQuery query) => home.Keys()
        .Where(run => query.ContinuationToken is not { } token || string.CompareOrdinal(Token(run), token) < 0)
        .Where(run => query.IdPrefix is not { } prefix || run.RunId.StartsWith(prefix, StringComparison.Ordinal));

    private static string Token(RunKey run) => $"{run.Version}{Separator}{run.RunId}";

    private static bool Matches(RunBrief run, RunQuery query) =>
        (query.Statuses.Count == 0 || query.Statuses.Contains(run.Status))
        && (query.CreatedFrom is not { } from || run.CreatedAt >= from)
        && (query.CreatedTo is not { } to || run.CreatedAt <= to);

    private RunBrief? BriefOf(RunKey run, RunPulse pulse)
    {
        if (_known.TryGetValue(run, out var known) && known.Length == pulse.Length && known.Summary is { } summary)
            return summary.Brief;
        try
        {
            return Get(run, pulse) is { } state ? RunBrief.Of(state) : null;
        }
        catch (JournalUnreadableException unreadable)
        {
            return RunBrief.Unreadable(run.RunId, VersionName.StartOf(run.Version), unreadable.Message);
        }
    }

    private RunState? Get(RunKey run, RunPulse pulse)
    {
        if (HistoryOf(run, pulse) is not { } history)
            return null;
        if (history.HasEnded)
            return RunStateView.Of(history);

        var progress = pulse.Attended ? ProgressBoard.Read(home.ReadProgress(run)) : new Dictionary<int, StageProgress>();
        return RunStateView.Of(history, progress, pulse.Attended);
    }

    private RunHistory? HistoryOf(RunKey run, RunPulse pulse)
    {
        if (pulse.Length == 0)
            return null;
        var known = _known.GetValueOrDefault(run);
        if (known?.History is { } remembered && known.Length == pulse.Length)
            return remembered;

        var records = home.Read(run);
        if (records.Count == 0)
            return null;

        // Remembered under the length that was seen before reading: what came in between is read once more, never missed.
        // Of an ended run only the summary is: a thousand histories would fill the memory.
        var history = Fold(run, records);
        if (!history.HasEnded)
            _known[run] = new Known(pulse.Length, Summary: null, history);
        else if (known?.Summary is null || known.Length != pulse.Length)
            _known[run] = new Known(pulse.Length, Keep(run, history, pulse.Length), History: null);
        return history;
    }

    private RunHistory Fold(RunKey run, IReadOnlyList<JournalRecord> records)
    {
        try
        {
            return RunHistory.From(records);
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            throw new JournalUnreadableException($"{home.Location}, run {run.RunId}", e);
        }
    }

    private RunSummary Keep(RunKey run, RunHistory ended, long length)
    {
        var (summary, body) = RunSummary.Of(RunStateView.Of(ended), length);
        try
        {
            home.KeepSummary(run, summary.Head(), body);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Who may only read still gets its list, a little later.
        }

        return summary;
    }

    /// <param name="Length">Of the journal.</param>
    /// <param name="Summary">Of a run that has ended.</param>
    /// <param name="History">Of one that has not.</param>
    private sealed record Known(long Length, RunSummary? Summary, RunHistory? History);
}

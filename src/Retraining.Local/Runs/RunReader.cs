using System.Collections.Concurrent;
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

    public RunPage List(RunQuery query, CancellationToken cancellationToken)
    {
        var page = new List<RunState>();
        var last = "";
        foreach (var runs in Candidates(query).Chunk(RunsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var states = States(runs);
            for (var i = 0; i < runs.Length; i++)
            {
                if (states[i] is not { } state || !Matches(state, query))
                    continue;
                if (page.Count == query.Top)
                    return new RunPage(page, last);
                page.Add(state);
                last = Token(runs[i]);
            }
        }

        return new RunPage(page, ContinuationToken: null);
    }

    public IReadOnlyList<RunEvent> History(string runId) => home.Find(runId) is not { } run ? [] :
    [
        .. home.Read(run).Select(record => new RunEvent(record.Sequence, record.At, record.Kind, record.Stage, record.Content.GetRawText())),
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

    /// <summary>From what is known already, then from kept summaries, and only for what is left from journals.</summary>
    private RunState?[] States(RunKey[] runs)
    {
        var states = new RunState?[runs.Length];
        var unknown = Where(runs, run => !_known.ContainsKey(run));
        var summaries = home.Summaries([.. unknown.Select(i => runs[i])]);
        foreach (var (i, summary) in unknown.Zip(summaries))
            states[i] = summary is null ? null : FromSummary(runs[i], summary);

        var rest = Where(states, state => state is null);
        foreach (var (i, pulse) in rest.Zip(home.Pulse([.. rest.Select(i => runs[i])])))
            states[i] = Get(runs[i], pulse);
        return states;
    }

    private static List<int> Where<T>(T[] items, Func<T, bool> wanted) => [.. Enumerable.Range(0, items.Length).Where(i => wanted(items[i]))];

    private RunState? FromSummary(RunKey run, StoredSummary summary)
    {
        var state = RunSummary.Read(summary, () => RunStateView.StagesOf(RunHistory.From(home.Read(run))));
        if (state is not null)
            _known[run] = new Known(summary.Length, History: null, state);
        return state;
    }

    private IEnumerable<RunKey> Candidates(RunQuery query) => home.Keys()
        .Where(run => query.ContinuationToken is not { } token || string.CompareOrdinal(Token(run), token) < 0)
        .Where(run => query.IdPrefix is not { } prefix || run.RunId.StartsWith(prefix, StringComparison.Ordinal));

    private static string Token(RunKey run) => $"{run.Version}{Separator}{run.RunId}";

    private static bool Matches(RunState state, RunQuery query) =>
        (query.Statuses.Count == 0 || query.Statuses.Contains(state.Status))
        && (query.CreatedFrom is not { } from || state.CreatedAt >= from)
        && (query.CreatedTo is not { } to || state.CreatedAt <= to);

    private RunState? Get(RunKey run, RunPulse pulse)
    {
        if (Fold(run, pulse) is not { } known)
            return null;
        if (known.Ended is not null)
            return known.Ended;

        var progress = pulse.Attended ? ProgressBoard.Read(home.ReadProgress(run)) : new Dictionary<int, StageProgress>();
        return RunStateView.Of(known.History!, progress, pulse.Attended);
    }

    private Known? Fold(RunKey run, RunPulse pulse)
    {
        if (pulse.Length == 0)
            return null;
        if (_known.TryGetValue(run, out var known) && known.Length == pulse.Length)
            return known;

        var records = home.Read(run);
        if (records.Count == 0)
            return null;

        // Remembered under the length that was seen before reading: what came in between is read once more, never missed.
        var history = RunHistory.From(records);
        var ended = history.HasEnded ? RunStateView.Of(history, new Dictionary<int, StageProgress>(), attended: false) : null;
        if (ended is not null)
            Keep(run, RunSummary.Write(ended, pulse.Length));
        return _known[run] = new Known(pulse.Length, history, ended);
    }

    private void Keep(RunKey run, byte[] summary)
    {
        try
        {
            home.KeepSummary(run, summary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Who may only read still gets its list, a little later.
        }
    }

    /// <param name="History">Null when it was read from a summary.</param>
    /// <param name="Ended">What people look at, when nothing about it can change while the journal does not grow.</param>
    private sealed record Known(long Length, RunHistory? History, RunState? Ended);
}

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
    private static readonly IReadOnlyDictionary<int, StageProgress> NoProgress = new Dictionary<int, StageProgress>();
    private readonly ConcurrentDictionary<RunKey, Known> _known = new();

    public RunState? Get(string runId) => home.Find(runId) is { } run ? Get(run, home.Pulse([run])[0]) : null;

    public RunPage List(RunQuery query, CancellationToken cancellationToken)
    {
        var page = new List<RunState>();
        var last = "";
        foreach (var runs in Candidates(query).Chunk(RunsAtOnce))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var pulses = home.Pulse(runs);
            for (var i = 0; i < runs.Length; i++)
            {
                if (Get(runs[i], pulses[i]) is not { } state || !Matches(state, query))
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
        return RunStateView.Of(known.History, progress, pulse.Attended);
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
        return _known[run] = new Known(pulse.Length, history, ended);
    }

    /// <param name="Ended">What people look at, when nothing about it can change while the journal does not grow.</param>
    private sealed record Known(long Length, RunHistory History, RunState? Ended);
}

using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>Reads a source to its end: checks every row, keeps the good ones, puts the others aside, counts.</summary>
internal sealed class SourceIntake(
    SnapshotRows rows, RowRules rules, UserPseudonyms? pseudonyms, IReadOnlyList<string> positiveDecisions, IProgress<StageProgress> progress)
{
    private const long ReportEvery = 1 << 16;

    private readonly HashSet<string> _positive = new(positiveDecisions, StringComparer.Ordinal);
    private readonly HashSet<string> _quarantinedVideos = new(StringComparer.Ordinal);

    public Tally Profiles { get; } = new("profiles");

    public Tally Videos { get; } = new("videos");

    public Tally Decisions { get; } = new("decisions");

    /// <summary>Usable decisions by type, before newer ones replace older ones.</summary>
    public SortedDictionary<string, long> DecisionTypes { get; } = new(StringComparer.Ordinal);

    public async Task ReadAsync(ISource source, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        await foreach (var row in source.ReadVideosAsync(cancellationToken))
            await CountAsync(Videos, row, Add(row), false, quarantine, cancellationToken);
        await foreach (var row in source.ReadProfilesAsync(cancellationToken))
            await CountAsync(Profiles, row, Add(row), true, quarantine, cancellationToken);
        await foreach (var row in source.ReadDecisionsAsync(cancellationToken))
            await CountAsync(Decisions, row, Add(row), true, quarantine, cancellationToken);
        await quarantine.FlushAsync(cancellationToken);
    }

    private RowFault? Add(in SourceRow<Video> row)
    {
        if (row.Value is not { } video)
            return row.Fault;
        if (rules.Check(video) is { } fault)
        {
            _quarantinedVideos.Add(video.Id);
            return fault;
        }

        if (rows.TryAdd(video))
            return null;
        Videos.DuplicateIds++;
        return new("id", video.Id, "an id that no earlier row has");
    }

    private RowFault? Add(in SourceRow<Profile> row)
    {
        if (row.Value is not { } profile)
            return row.Fault;
        if (rules.Check(profile) is { } fault)
            return fault;
        if (rows.TryAdd(pseudonyms is null ? profile : profile with { UserId = pseudonyms.Of(profile.UserId), DisplayName = null }))
            return null;
        Profiles.DuplicateIds++;
        return new("user_id", profile.UserId, "an id that no earlier row has");
    }

    private RowFault? Add(in SourceRow<Decision> row)
    {
        if (row.Value is not { } decision)
            return row.Fault;
        if (rules.Check(decision) is { } fault)
            return fault;
        if (!rows.TryAdd(decision, pseudonyms?.Of(decision.UserId) ?? decision.UserId, decision.Positive ?? _positive.Contains(decision.DecisionType)))
        {
            Decisions.Orphans++;
            return _quarantinedVideos.Contains(decision.VideoId)
                ? new("video_id", decision.VideoId, "a video whose row is not itself in quarantine")
                : new("video_id", decision.VideoId, "the id of a video");
        }

        DecisionTypes[decision.DecisionType] = DecisionTypes.GetValueOrDefault(decision.DecisionType) + 1;
        return null;
    }

    private async ValueTask CountAsync<T>(
        Tally tally, SourceRow<T> row, RowFault? fault, bool holdsUserIds, QuarantineWriter quarantine, CancellationToken cancellationToken)
        where T : class
    {
        tally.Origin = row.Origin;
        if (++tally.Read % ReportEvery == 0)
            progress.Report(new StageProgress { Message = $"{tally.Read:N0} {tally.Table}" });
        if (fault is null)
            return;
        tally.Quarantined++;
        await quarantine.AddAsync(row, fault, holdsUserIds, cancellationToken);
    }

    /// <summary>Counts of one table.</summary>
    internal sealed class Tally(string table)
    {
        public string Table { get; } = table;

        public string? Origin { get; set; }

        public long Read { get; set; }

        public long Quarantined { get; set; }

        public long DuplicateIds { get; set; }

        public long Orphans { get; set; }
    }
}

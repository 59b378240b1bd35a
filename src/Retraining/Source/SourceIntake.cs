using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>Reads a source to its end: checks every row, keeps the good ones, puts the others aside, counts.</summary>
internal sealed class SourceIntake(
    SnapshotRows rows, RowRules rules, UserPseudonyms? pseudonyms, SourceSettings settings, IProgress<StageProgress> progress)
{
    private const long ReportEvery = 1 << 16;

    private readonly DecisionIntake _decisions = new(rows, rules, pseudonyms, settings.PositiveDecisions);

    public RowTally Profiles { get; } = new("profiles");

    public RowTally Videos { get; } = new("videos");

    public RowTally Decisions { get; } = new("decisions");

    public IReadOnlyList<VectorIntake> Vectors { get; } = VectorIntake.Of(settings.MaxVectorWidth);

    /// <inheritdoc cref="DecisionIntake.Orphans"/>
    public long Orphans => _decisions.Orphans;

    /// <inheritdoc cref="DecisionIntake.Types"/>
    public SortedDictionary<string, long> DecisionTypes => _decisions.Types;

    /// <summary>Reads what is not a video; to be called once the videos are read.</summary>
    public async Task ReadUsersAsync(ISource source, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        await foreach (var row in source.ReadProfilesAsync(cancellationToken))
            await CountAsync(Profiles, row, Add(row), true, quarantine, cancellationToken);
        if (await source.ReadDecisionBatchesAsync(cancellationToken) is { } batches)
            await ReadAsync(batches, quarantine, cancellationToken);
        else
            await ReadAsync(source.ReadDecisionsAsync(cancellationToken), quarantine, cancellationToken);
        await quarantine.FlushAsync(cancellationToken);
    }

    public async Task ReadVideosAsync(ISource source, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        await foreach (var row in source.ReadPackedVideosAsync(cancellationToken))
        {
            if (Add(row) is { } fault)
            {
                var unpacked = new SourceRow<Video>(row.Origin, row.Row, row.Value?.ToVideo(), row.Fault);
                await CountAsync(Videos, unpacked, fault, false, quarantine, cancellationToken);
                continue;
            }

            Count(Videos, row.Origin, 1);
            foreach (var vectors in Vectors)
                await vectors.AddAsync(row.Origin, row.Row, rows.Videos, quarantine, cancellationToken);
        }

        foreach (var vectors in Vectors)
            await vectors.EndAsync(rows.Videos, quarantine, cancellationToken);
    }

    private RowFault? Add(in SourceRow<PackedVideo> row)
    {
        if (row.Value is not { } video)
            return row.Fault;
        if (rules.Check(video.Numbers) is { } fault)
        {
            _decisions.QuarantinedVideos.Add(video.Id);
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

    private async Task ReadAsync(IAsyncEnumerable<SourceRow<Decision>> decisions, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        await foreach (var row in decisions)
            await CountAsync(Decisions, row, Add(row), true, quarantine, cancellationToken);
    }

    private async Task ReadAsync(IAsyncEnumerable<DecisionBatch> batches, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        await foreach (var batch in batches)
        {
            for (var next = 0; next < batch.Count;)
            {
                var good = _decisions.AddGood(batch, next);
                Count(Decisions, batch.Origin, good);
                next += good;
                if (next == batch.Count)
                    break;
                var row = batch[next++];
                await CountAsync(Decisions, row, Add(row), true, quarantine, cancellationToken);
            }
        }
    }

    private RowFault? Add(in SourceRow<Decision> row) => row.Value is { } decision ? _decisions.Add(decision) : row.Fault;

    private async ValueTask CountAsync<T>(
        RowTally tally, SourceRow<T> row, RowFault? fault, bool holdsUserIds, QuarantineWriter quarantine, CancellationToken cancellationToken)
        where T : class
    {
        Count(tally, row.Origin, 1);
        if (fault is null)
            return;
        tally.Quarantined++;
        await quarantine.AddAsync(row, fault, holdsUserIds, cancellationToken);
    }

    private void Count(RowTally tally, string origin, int count)
    {
        tally.Origin = origin;
        var before = tally.Read;
        tally.Read += count;
        if (before / ReportEvery != tally.Read / ReportEvery)
            progress.Report(new StageProgress { Message = $"{tally.Read:N0} {tally.Table}" });
    }
}

using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>
/// Reads the source whole, puts bad rows aside and writes the rest as a snapshot. Of several decisions of one user for one video the
/// newest counts, as in the service's table, where a change of mind replaces what was there.
/// </summary>
public sealed class SyncSource(OpenSource openSource, ReadPseudonymKey readPseudonymKey, IArtifactStore work)
    : IStage<SyncSource.Input, Snapshot>
{
    public sealed record Input(SourceSettings Source);

    public async Task<Snapshot> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var folder = context.Folder + "snapshot/";
        var settings = input.Source;
        var pseudonyms = settings.PseudonymiseUsers ? new UserPseudonyms(readPseudonymKey(), "source.pseudonymise_users is on") : null;
        var rows = new SnapshotRows();
        var intake = new SourceIntake(rows, new RowRules(context.StartedAt), pseudonyms, settings, context.Progress);

        await using var source = openSource(settings, new SourceContext(context, pseudonyms is null ? work : pseudonyms.Seal(work)));
        QuarantineWriter? quarantined = null;
        var writer = new SnapshotWriter(work, folder);
        await using var videos = new VideosFile(work, writer, rows, cancellationToken);
        var quarantine = await work.WriteAsync(
            folder + "quarantine.ndjson",
            async (stream, token) =>
            {
                quarantined = new QuarantineWriter(stream, showRows: pseudonyms is null);
                await intake.ReadVideosAsync(source, quarantined, token);
                videos.Begin();
                await intake.ReadUsersAsync(source, quarantined, token);
            },
            WriteOptions.Private,
            cancellationToken);
        if (quarantine.SizeBytes == 0)
            await work.DeleteAsync(quarantine.Path, cancellationToken);
        RequireRows(intake.Videos, rows.Videos.Count, quarantined!, quarantine.Path);
        RequireKnownProducts(intake, source, settings);
        RequireRows(intake.Decisions, rows.Added, quarantined!, quarantine.Path);

        context.Progress.Report(new StageProgress { Message = $"ordering {rows.Added:N0} decisions" });
        var superseded = rows.Seal();
        var report = SyncSummary.Of(source, context.StartedAt, settings.PseudonymiseUsers, intake, rows, superseded, quarantined!);
        var tables = await Task.WhenAll(
            Task.Run(() => writer.WriteProfilesAsync(rows, cancellationToken), cancellationToken),
            videos.TakeAsync(),
            Task.Run(() => writer.WriteInteractionsAsync(rows, cancellationToken), cancellationToken));
        return await WriteAsync(folder, rows, tables, report, quarantine.SizeBytes == 0 ? null : quarantine, cancellationToken);
    }

    private static void RequireKnownProducts(SourceIntake intake, ISource source, SourceSettings settings)
    {
        if (intake.Decisions.Read == 0 && source.Reviews is { Rows: > 0 } reviews)
            throw new PermanentStageException(
                $"{settings.Reviews}: all {reviews.Rows} reviews are of products that are no video, such as {reviews.TopUnknown[0].ProductUrl}, "
                + "expected the product_url of videos, or source.ingest_unknown");
    }

    private static void RequireRows(RowTally table, int usable, QuarantineWriter quarantined, string quarantinePath)
    {
        if (table.Read == 0)
            throw new PermanentStageException($"{table.Origin ?? table.Table}: 0 rows, expected at least 1");
        if (usable == 0)
            throw new PermanentStageException(
                $"{table.Origin}: 0 of {table.Read} rows are usable, expected at least 1; "
                + $"the first bad row: {quarantined.First}; all of them: {quarantinePath}");
    }

    private async Task<Snapshot> WriteAsync(
        string folder, SnapshotRows rows, ArtifactRef[] tables, SyncReport report, ArtifactRef? quarantine, CancellationToken cancellationToken)
    {
        var (profiles, videos, interactions) = (tables[0], tables[1], tables[2]);
        var reportFile = await work.WriteAsync(
            folder + "sync_report.json",
            (stream, token) => JsonSerializer.SerializeAsync(stream, report, RowJson.Indented, token),
            WriteOptions.Private,
            cancellationToken);

        return new Snapshot
        {
            Hash = SnapshotWriter.HashOf(profiles, videos, interactions),
            AsOf = report.AsOf,
            Profiles = profiles,
            Videos = videos,
            Interactions = interactions,
            Quarantine = quarantine,
            Report = reportFile,
            UserCount = rows.Users.Count,
            PseudonymisedUsers = report.PseudonymisedUsers,
            ProfileCount = rows.Profiles.Count,
            VideoCount = rows.Videos.Count,
            InteractionCount = rows.Events.Length,
            PositiveCount = checked((int)report.Positives),
            QuarantinedCount = checked((int)(report.Profiles.Quarantined + report.Videos.Quarantined + report.Decisions.Quarantined)),
        };
    }
}

using System.CommandLine;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Artifacts;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Host.Composition;
using Retraining.Local.Artifacts;
using Retraining.Postgres.Source;
using Retraining.Source;

namespace Retraining.Cli.Commands;

internal static class SyncCommand
{
    private const string QuarantinePath = "sync/quarantine.ndjson";

    public static Command Create(CliSession session)
    {
        var data = new Option<string?>("--data")
        {
            Description = "Folder with profiles, videos_subset (or videos) and user_video_decisions, each as .json or .parquet",
            HelpName = "FOLDER",
        };
        var keep = new Option<bool>("--keep") { Description = "Keep rows that the source does not have" };
        var remote = new RemoteOptions();
        var reviews = new ReviewOptions();
        var command = new Command(
            "sync",
            "Load a folder of JSON or Parquet files or a Supabase project, and reviews, into the service's tables in PostgreSQL (DATABASE_URL)")
        { data, keep };
        remote.AddTo(command);
        reviews.AddTo(command);
        command.SetAction((parsed, cancellationToken) =>
        {
            var values = remote.Settings(parsed);
            if (!remote.IsGiven(parsed))
                values.AddRange(Folder(parsed.GetValue(data)));
            else if (parsed.GetValue(data) is not null)
                throw new UsageException("--data and --fetch-remote, expected one of them");
            values.AddRange(reviews.Settings(parsed, values));
            return RunAsync(session, values, !parsed.GetValue(keep), parsed, cancellationToken);
        });
        return command;
    }

    private static SettingValue[] Folder(string? folder)
    {
        if (folder is null)
            throw new UsageException("no source, expected --data FOLDER or --fetch-remote");
        if (!Directory.Exists(folder))
            throw new UsageException(
                $"--data {folder}: no such folder, expected one with profiles, videos and user_video_decisions as .json or .parquet");
        return [new("source.kind", "files", null, "--data"), new("source.folder", folder, null, "--data")];
    }

    private static async Task<int> RunAsync(
        CliSession session, IReadOnlyList<SettingValue> values, bool replace, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed, values);
        var settings = services.GetRequiredService<RetrainingSettings>().Source;
        var work = services.GetRequiredService<IArtifactStore>();
        var scratch = Directory.CreateTempSubdirectory("retrain-sync-");
        try
        {
            var run = new StageContext("sync", services.GetRequiredService<TimeProvider>().GetUtcNow(), 1, new Progress<StageProgress>());
            await using var source = services.GetRequiredService<ConfiguredSources>()
                .OpenForTables(settings, new SourceContext(run, new LocalArtifactStore(scratch.FullName)));
            var loader = new PostgresLoader(services.GetRequiredService<ServiceDatabase>().Pool);
            var result = await LoadAsync(loader, source, replace, settings.PseudonymiseUsers, work, cancellationToken);
            await session.Streams.Out.WriteLineAsync(session.Json(parsed) ? CliJson.Text(result) : Text(source.Location, result));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }

        return ExitCodes.Done;
    }

    private static async Task<SyncResult> LoadAsync(
        PostgresLoader loader, ISource source, bool replace, bool hideUsers, IArtifactStore work, CancellationToken cancellationToken)
    {
        LoadedTables? loaded = null;
        QuarantineWriter? quarantine = null;
        var file = await work.WriteAsync(
            QuarantinePath,
            async (stream, token) =>
            {
                quarantine = new QuarantineWriter(stream, showRows: !hideUsers);
                loaded = await loader.LoadAsync(source, replace, quarantine, token);
            },
            WriteOptions.Private,
            cancellationToken);
        if (quarantine!.Count == 0)
            await work.DeleteAsync(file.Path, cancellationToken);
        var path = quarantine.Count == 0 ? null : $"{work.Location.TrimEnd('/')}/{file.Path}";
        return new SyncResult(loaded!.Read, loaded.Loaded, quarantine.Reasons, path, source.Reviews);
    }

    private static string Text(string location, SyncResult result)
    {
        var text = new StringBuilder($"{location}: read {Counts(result.Read)}; loaded {Counts(result.Loaded)}");
        if (result.QuarantineFile is { } file)
            text.Append($"\nput aside: {result.Quarantined.Sum(reason => reason.Rows)} rows, in {file}");
        foreach (var reason in result.Quarantined)
            text.Append($"\n  {reason.File}, {reason.Field}: {reason.Rows} rows, expected {reason.Expected}");
        if (result.Reviews is { } reviews)
            text.Append(
                $"\nreviews: {reviews.Rows} rows in {reviews.Files} files of {reviews.Reviewers} reviewers on {reviews.Videos} videos, "
                + $"{reviews.Faulty} faulty, {reviews.UnknownRows} of {reviews.UnknownProducts} unknown products, "
                + $"{reviews.NewVideos} new videos\n"
                + $"stars: {string.Join(", ", reviews.Stars.Select(stars => $"{stars.Key}: {stars.Value}"))}");
        return text.ToString();
    }

    private static string Counts(RowCounts rows) => $"{rows.Profiles} profiles, {rows.Videos} videos, {rows.Decisions} decisions";

    /// <param name="QuarantineFile">Where each row that was put aside is, with the reason; null where none was.</param>
    private sealed record SyncResult(
        RowCounts Read, RowCounts Loaded, IReadOnlyList<QuarantineReason> Quarantined, string? QuarantineFile, ReviewCounts? Reviews);
}

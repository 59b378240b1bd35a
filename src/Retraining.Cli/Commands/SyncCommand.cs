using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Host.Composition;
using Retraining.Postgres.Source;
using Retraining.Source;

namespace Retraining.Cli.Commands;

internal static class SyncCommand
{
    public static Command Create(CliSession session)
    {
        var data = new Option<string?>("--data") { Description = "Folder with profiles, videos_subset (or videos) and user_video_decisions, each as .json or .parquet", HelpName = "FOLDER" };
        var keep = new Option<bool>("--keep") { Description = "Keep rows that the source does not have" };
        var remote = new RemoteOptions();
        var reviews = new ReviewOptions();
        var command = new Command("sync", "Load a folder of JSON or Parquet files or a Supabase project, and reviews, into the service's tables in PostgreSQL (DATABASE_URL)") { data, keep };
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
            throw new UsageException($"--data {folder}: no such folder, expected one with profiles, videos and user_video_decisions as .json or .parquet");
        return [new("source.kind", "files", null, "--data"), new("source.folder", folder, null, "--data")];
    }

    private static async Task<int> RunAsync(
        CliSession session, IReadOnlyList<SettingValue> values, bool replace, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed, values);
        var settings = services.GetRequiredService<RetrainingSettings>().Source;
        await using var source = services.GetRequiredService<ConfiguredSources>().OpenForTables(settings);
        var loaded = await new PostgresLoader(services.GetRequiredService<ServiceDatabase>().Pool).LoadAsync(source, replace, cancellationToken);
        var result = new SyncResult(loaded.Read, loaded.Loaded, source.Reviews);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed) ? CliJson.Text(result) : Text(source.Location, result));
        return ExitCodes.Done;
    }

    private static string Text(string location, SyncResult result)
    {
        var text = $"{location}: read {Counts(result.Read)}; loaded {Counts(result.Loaded)}";
        return result.Reviews is not { } reviews ? text : $"{text}\nreviews: {reviews.Rows} rows in {reviews.Files} files of {reviews.Reviewers} reviewers on {reviews.Videos} videos, "
            + $"{reviews.Faulty} faulty, {reviews.UnknownRows} of {reviews.UnknownProducts} unknown products, {reviews.NewVideos} new videos\n"
            + $"stars: {string.Join(", ", reviews.Stars.Select(stars => $"{stars.Key}: {stars.Value}"))}";
    }

    private static string Counts(RowCounts rows) => $"{rows.Profiles} profiles, {rows.Videos} videos, {rows.Decisions} decisions";

    private sealed record SyncResult(RowCounts Read, RowCounts Loaded, ReviewCounts? Reviews);
}

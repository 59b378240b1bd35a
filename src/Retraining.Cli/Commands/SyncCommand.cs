using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Host.Composition;
using Retraining.Postgres.Source;
using Retraining.Source;

namespace Retraining.Cli.Commands;

internal static class SyncCommand
{
    public static Command Create(CliSession session)
    {
        var data = new Option<string>("--data") { Description = "Folder with profiles.json, videos_subset.json (or videos.json) and user_video_decisions.json", HelpName = "FOLDER", Required = true };
        var keep = new Option<bool>("--keep") { Description = "Keep rows that the folder does not have" };
        var command = new Command("sync", "Load a folder of JSON files into the service's tables in PostgreSQL (DATABASE_URL)") { data, keep };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(data)!, !parsed.GetValue(keep), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string folder, bool replace, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw new UsageException($"--data {folder}: no such folder, expected one with profiles.json, videos.json and user_video_decisions.json");

        await using var services = session.Compose(parsed);
        await using var source = new JsonFolderSource(folder);
        var loaded = await new PostgresLoader(services.GetRequiredService<ServiceDatabase>().Pool).LoadAsync(source, replace, cancellationToken);
        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(loaded)
            : $"{source.Location}: read {Counts(loaded.Read)}; loaded {Counts(loaded.Loaded)}");
        return ExitCodes.Done;
    }

    private static string Counts(RowCounts rows) => $"{rows.Profiles} profiles, {rows.Videos} videos, {rows.Decisions} decisions";
}

using System.CommandLine;
using Retraining.Cli.Rendering;
using Retraining.Source;

namespace Retraining.Cli.Commands;

internal static class ImportCommand
{
    public static Command Create(CliSession session)
    {
        var from = new Argument<string>("folder") { Description = "Folder with movies.csv, ratings.csv and, where present, tags.csv, links.csv" };
        var output = new Option<string>("--output-dir") { Description = "Folder that gets the three JSON files", HelpName = "FOLDER", Required = true };
        var movieLens = new Command("movielens", "MovieLens CSV files (ml-latest-small and its kin)") { from, output };
        movieLens.SetAction(async (parsed, cancellationToken) =>
        {
            var folder = parsed.GetValue(output)!;
            var rows = await MovieLensImport.RunAsync(parsed.GetValue(from)!, folder, cancellationToken);
            await session.Streams.Out.WriteLineAsync(session.Json(parsed)
                ? CliJson.Text(rows)
                : $"{folder}: {rows.Profiles} profiles, {rows.Videos} videos, {rows.Decisions} decisions");
            return ExitCodes.Done;
        });
        return new Command("import", "Turn other data into the files of a files source") { movieLens };
    }
}

using System.CommandLine;
using Retraining.Cli.Rendering;
using Retraining.Source;

namespace Retraining.Cli.Commands;

internal static class SampleCommand
{
    public static Command Create(CliSession session)
    {
        var defaults = new SampleSettings();
        var output = new Option<string>("--output-dir") { Description = "Folder that gets the three JSON files", HelpName = "FOLDER", DefaultValueFactory = _ => ".local/sample" };
        var users = new Option<int>("--users") { Description = "Users", DefaultValueFactory = _ => defaults.Users };
        var videos = new Option<int>("--videos") { Description = "Videos", DefaultValueFactory = _ => defaults.Videos };
        var decisions = new Option<int>("--decisions") { Description = "Likes and nopes together", DefaultValueFactory = _ => defaults.Decisions };
        var seed = new Option<int>("--seed") { Description = "The same seed gives the same bytes", DefaultValueFactory = _ => defaults.Seed };
        var command = new Command("sample", "Make up a service's data with latent structure") { output, users, videos, decisions, seed };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = defaults with
            {
                Users = parsed.GetValue(users),
                Videos = parsed.GetValue(videos),
                Decisions = parsed.GetValue(decisions),
                Seed = parsed.GetValue(seed),
            };
            var folder = parsed.GetValue(output)!;
            var rows = await SampleGenerator.WriteAsync(folder, settings, cancellationToken);
            await session.Streams.Out.WriteLineAsync(session.Json(parsed)
                ? CliJson.Text(rows)
                : $"{folder}: {rows.Profiles} profiles, {rows.Videos} videos, {rows.Decisions} decisions");
            return ExitCodes.Done;
        });
        return command;
    }
}

using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;
using Spectre.Console;

namespace Retraining.Cli.Commands;

internal static class PlanCommand
{
    public static Command Create(CliSession session)
    {
        var options = new RunOptions();
        var command = new Command("plan", "Show what `run` would do: stages, settings in force, what would be published where");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(session, options, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, RunOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed, options.Settings(parsed, session.Options));
        var settings = services.GetRequiredService<RetrainingSettings>();
        var request = options.Request(parsed, settings, session.Variables["GITHUB_SHA"] as string);
        var store = services.GetRequiredService<OpenPublishStore>()(settings.Publish);
        var reigning = await new ModelStore(store, settings.Publish.Prefix).ReadReigningAsync(cancellationToken);
        var version = VersionName.From(options.StartedAt(parsed) ?? TimeProvider.System.GetUtcNow());
        if (session.Json(parsed))
        {
            await session.Streams.Out.WriteLineAsync(CliJson.Text(new { version, champion = reigning?.Version, store = store.Location, stages = Stages.PlannedBy(settings), request }));
            return ExitCodes.Done;
        }

        var console = Tables.Console(session.Streams.Out);
        WriteStages(console, settings);
        WriteSettings(console, settings);
        console.WriteLine(Source(settings));
        console.WriteLine($"Champion: {reigning?.Version ?? "none yet"}");
        console.WriteLine(request.DryRun || request.SkipExport || request.SkipEmbeddings
            ? "Would publish nothing"
            : $"Would publish: {settings.Publish.Prefix}/{version}/ and {settings.Publish.Prefix}/current/ in {store.Location}, vectors to {settings.Serving.Kind}");
        return ExitCodes.Done;
    }

    private static string Source(RetrainingSettings settings) =>
        $"Source: {settings.Source.Kind}{(settings.Source.Kind == "files" ? $", {settings.Source.Folder ?? "no folder set"}" : "")}";

    private static void WriteStages(IAnsiConsole console, RetrainingSettings settings)
    {
        var table = Tables.With("stage", "does", "work", ">attempts", ">limit");
        foreach (var stage in Stages.PlannedBy(settings))
            table.Row(stage.Name, stage.Title, stage.Work.ToString().ToLowerInvariant(), $"{stage.Retry.MaxAttempts}", Units.Duration(stage.TimeLimit));
        console.Write(table);
    }

    private static void WriteSettings(IAnsiConsole console, RetrainingSettings settings)
    {
        var defaults = new RetrainingSettings();
        var table = Tables.With("setting", "value", "default");
        foreach (var key in SettingsSchema.Keys)
        {
            var (value, standard) = (Text(key.Read(settings)), Text(key.Read(defaults)));
            table.Row(key.Path, value, value == standard ? "" : standard);
        }

        console.Write(table);
    }

    private static string Text(object? value) => value switch
    {
        null => "null",
        string text => text,
        bool flag => flag ? "true" : "false",
        System.Collections.IEnumerable list => string.Join(", ", list.Cast<object>()),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}

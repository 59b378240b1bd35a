using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Publish;
using Retraining.Serving;

namespace Retraining.Cli.Commands;

internal static class PruneVersionsCommand
{
    public static Command Create(CliSession session)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Say what would be removed, and remove nothing" };
        var command = new Command("prune", "Remove published versions beyond publish.keep_versions and generations beyond serving.keep_generations") { dryRun };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(dryRun), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, bool dryRun, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var settings = services.GetRequiredService<RetrainingSettings>();
        await using var index = services.GetRequiredService<OpenVectorIndex>()(settings.Serving);
        var live = await index.FindLiveAsync(DateTimeOffset.MaxValue, cancellationToken);

        var retention = new VersionRetention(services.GetRequiredService<OpenPublishStore>()(settings.Publish), settings.Publish);
        var versions = await retention.FindRemovableAsync(live?.PreviousVersion, cancellationToken);
        var generations = await index.DropRetiredAsync(dryRun, cancellationToken);
        foreach (var version in dryRun ? [] : versions)
            await retention.RemoveAsync(version, cancellationToken);

        await session.Streams.Out.WriteLineAsync(session.Json(parsed)
            ? CliJson.Text(new { versions, generations, removed = !dryRun })
            : $"{(dryRun ? "would remove" : "removed")} {Text("version", versions)} and {Text("generation", generations)}");
        return ExitCodes.Done;
    }

    private static string Text(string what, IReadOnlyList<string> names) =>
        names.Count == 0 ? $"no {what}" : $"{names.Count} {what}{(names.Count == 1 ? "" : "s")} ({string.Join(", ", names)})";
}

using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Serving;

namespace Retraining.Cli.Commands;

internal static class VersionsCommand
{
    public static Command Create(CliSession session)
    {
        var command = new Command("versions", "List the versions that were live, and which one is");
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        await using var index = services.GetRequiredService<OpenVectorIndex>()(services.GetRequiredService<RetrainingSettings>().Serving);
        var versions = await index.ListVersionsAsync(cancellationToken);
        if (session.Json(parsed))
        {
            await session.Streams.Out.WriteLineAsync(CliJson.Text(versions));
            return ExitCodes.Done;
        }

        var table = Tables.With("version", "state", "activated (UTC)", "by", "reason");
        foreach (var version in versions)
        {
            var state = version.IsActive ? "live" : version.IsLoaded ? "loaded" : "retired";
            table.Row(version.Version, state, $"{version.ActivatedAt?.UtcDateTime:yyyy-MM-dd HH:mm:ss}", version.ActivatedBy ?? "", version.Reason ?? "");
        }

        Tables.Console(session.Streams.Out).Write(table);
        return ExitCodes.Done;
    }
}

using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

internal static class PurgeCommand
{
    public static Command Create(CliSession session)
    {
        var run = new Argument<string>("run") { Description = "Id of the run" };
        var command = new Command("purge", "Remove a run's records and working files; published versions stay") { run };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(run)!, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string runId, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var result = await services.GetRequiredService<LocalEngine>().PurgeAsync(runId, cancellationToken);
        if (result == ControlResult.NotFound)
            throw new UsageException($"run {runId} is unknown, expected one that `retrain history` lists");
        await session.Streams.Error.WriteLineAsync($"{runId} is purged");
        return ExitCodes.Done;
    }
}

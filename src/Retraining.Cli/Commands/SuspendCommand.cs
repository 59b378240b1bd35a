using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

internal static class SuspendCommand
{
    public static Command Create(CliSession session)
    {
        var run = RunArgument.Create("the one in progress");
        var reason = new Option<string?>("--reason") { Description = "Why, for the records", HelpName = "TEXT" };
        var command = new Command("suspend", "Let running stages end and start no further one until `retrain resume`") { run, reason };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(run), parsed.GetValue(reason), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? runId, string? reason, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var engine = services.GetRequiredService<LocalEngine>();
        var state = await RunArgument.FindAsync(engine, runId, run => !run.HasEnded, "no run in progress", cancellationToken);
        if (await engine.SuspendAsync(state.RunId, reason ?? "retrain suspend", cancellationToken) != ControlResult.Accepted)
            throw new UsageException($"run {state.RunId} has ended ({state.Status.ToString().ToLowerInvariant()}), expected one in progress");
        await session.Streams.Error.WriteLineAsync($"{state.RunId} starts no further stage until `retrain resume {state.RunId}`");
        return ExitCodes.Done;
    }
}

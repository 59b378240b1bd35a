using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

internal static class CancelCommand
{
    public static Command Create(CliSession session)
    {
        var run = RunArgument.Create("the one in progress");
        var reason = new Option<string?>("--reason") { Description = "Why, for the records", HelpName = "TEXT" };
        var command = new Command("cancel", "End a run for good; nothing half-done stays visible") { run, reason };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(run), parsed.GetValue(reason), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? runId, string? reason, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var engine = services.GetRequiredService<LocalEngine>();
        var state = await RunArgument.FindAsync(engine, runId, run => !run.HasEnded, "no run in progress", cancellationToken);
        if (await engine.TerminateAsync(state.RunId, reason ?? "retrain cancel", cancellationToken) != ControlResult.Accepted)
            throw new UsageException($"run {state.RunId} has ended ({state.Status.ToString().ToLowerInvariant()}), expected one in progress");

        var ended = await engine.WaitAsync(state.RunId, cancellationToken) ?? state;
        await RunOutcome.PrintAsync(ended, session, parsed);
        return ended.Status == RunStatus.Terminated ? ExitCodes.Done : ExitCodes.Failed;
    }
}

using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

internal static class ResumeCommand
{
    public static Command Create(CliSession session)
    {
        var run = RunArgument.Create("the newest that can go on");
        var command = new Command("resume", "Go on with an interrupted, failed or suspended run at its first unfinished stage") { run };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(run), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? runId, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var engine = services.GetRequiredService<LocalEngine>();
        var state = await RunArgument.FindAsync(
            engine, runId, [RunStatus.Pending, RunStatus.Running, RunStatus.Suspended, RunStatus.Failed], CanGoOn,
            "no interrupted, failed or suspended run", cancellationToken);
        if (!CanGoOn(state))
            throw new UsageException($"run {state.RunId} is {Describe(state)}, expected an interrupted, failed or suspended one");

        if (state is { Status: RunStatus.Suspended, Interrupted: false })
        {
            await engine.ResumeAsync(state.RunId, "retrain resume", cancellationToken);
            await session.Streams.Error.WriteLineAsync($"{state.RunId} goes on in the process that carries it");
            return ExitCodes.Done;
        }

        await engine.RewindAsync(state.RunId, "retrain resume", cancellationToken);
        return await RunOutcome.FollowAsync(services, state.RunId, session, parsed, cancellationToken);
    }

    private static bool CanGoOn(RunState run) => run.Interrupted || run.Status is RunStatus.Suspended or RunStatus.Failed;

    private static string Describe(RunState run) => run.HasEnded ? run.Status.ToString().ToLowerInvariant() : "in progress";
}

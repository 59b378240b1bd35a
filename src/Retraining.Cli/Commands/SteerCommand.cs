using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Approvals;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

/// <summary>Commands that ask something of a run in progress, whichever process carries it.</summary>
internal static class SteerCommand
{
    private static readonly RunStatus[] InProgress = [RunStatus.Pending, RunStatus.Running, RunStatus.Suspended];

    private delegate Task<ControlResult> Ask(LocalEngine engine, string runId, string reason, CancellationToken cancellationToken);

    public static IEnumerable<Command> CreateAll(CliSession session) =>
    [
        Create(session, "cancel", "End a run for good; nothing half-done stays visible",
            (engine, id, reason, stop) => engine.TerminateAsync(id, reason, stop), then: PrintEndAsync),
        Create(session, "suspend", "Let running stages end and start no further one until `retrain resume`",
            (engine, id, reason, stop) => engine.SuspendAsync(id, reason, stop), "starts no further stage until `retrain resume`"),
        Create(session, "approve", "Let a run that waits for approval publish its version",
            (engine, id, reason, stop) => engine.AnswerAsync(id, new ApprovalAnswer(true, reason, By), stop), "is approved", OpenApproval.IsIn),
        Create(session, "reject", "End a run that waits for approval without publishing; what is live stays",
            (engine, id, reason, stop) => engine.AnswerAsync(id, new ApprovalAnswer(false, reason, By), stop), "is rejected", OpenApproval.IsIn),
    ];

    private static string By => Environment.UserName is { Length: > 0 } user ? user : "cli";

    private static Command Create(
        CliSession session, string verb, string description, Ask ask, string told = "", Func<RunState, bool>? fits = null,
        Func<LocalEngine, RunState, CliSession, ParseResult, CancellationToken, Task<int>>? then = null)
    {
        var what = fits is null ? "in progress" : "that waits for approval";
        var run = RunArgument.Create($"the one {what}");
        var reason = new Option<string?>("--reason") { Description = "Why, for the records", HelpName = "TEXT" };
        var command = new Command(verb, description) { run, reason };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var services = session.Compose(parsed);
            var engine = services.GetRequiredService<LocalEngine>();
            var state = await RunArgument.FindAsync(
                engine, parsed.GetValue(run), InProgress, fits ?? (_ => true), $"no run {what}", cancellationToken);
            if (fits?.Invoke(state) == false)
                throw new UsageException($"run {state.RunId} does not wait for approval, expected one that does");
            if (await ask(engine, state.RunId, parsed.GetValue(reason) ?? $"retrain {verb}", cancellationToken) != ControlResult.Accepted)
                throw new UsageException($"run {state.RunId} has ended ({state.Status.ToString().ToLowerInvariant()}), expected one in progress");
            if (then is not null)
                return await then(engine, state, session, parsed, cancellationToken);
            await session.Streams.Error.WriteLineAsync($"{state.RunId} {told}");
            return ExitCodes.Done;
        });
        return command;
    }

    private static async Task<int> PrintEndAsync(LocalEngine engine, RunState run, CliSession session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var ended = await engine.WaitAsync(run.RunId, cancellationToken) ?? run;
        await RunOutcome.PrintAsync(ended, session, parsed);
        return ended.Status == RunStatus.Terminated ? ExitCodes.Done : ExitCodes.Failed;
    }
}

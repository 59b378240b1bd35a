using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

/// <summary>Follows a run that this process carries to its end, prints it, and says the exit code.</summary>
internal static class RunOutcome
{
    public static async Task<int> FollowAsync(
        IServiceProvider services, string runId, CliSession session, ParseResult parsed, CancellationToken cancellationToken)
    {
        var engine = services.GetRequiredService<LocalEngine>();
        var end = engine.WaitAsync(runId, CancellationToken.None);
        await using (cancellationToken.Register(() => _ = engine.InterruptAsync()))
            await RunWatch.FollowAsync(engine, runId, session.Shown(services), TimeProvider.System, end);

        var run = await end ?? throw new IOException($"run {runId} has no journal any more, expected one");
        await PrintAsync(run, session, parsed);
        if (run.Interrupted)
            await session.Streams.Error.WriteLineAsync($"{runId} is interrupted; `retrain resume {runId}` goes on at its first unfinished stage");
        return Code(run);
    }

    public static async Task PrintAsync(RunState run, CliSession session, ParseResult parsed)
    {
        if (session.Json(parsed))
            await session.Streams.Out.WriteLineAsync(CliJson.Text(run));
        else
            RunReport.Write(run, Tables.Console(session.Streams.Out), TimeProvider.System.GetUtcNow());
    }

    public static int Code(RunState run) => run switch
    {
        { Interrupted: true } or { Status: RunStatus.Terminated } => ExitCodes.Cancelled,
        { Result.Outcome: RetrainingOutcome.Rejected } => ExitCodes.Rejected,
        { Status: RunStatus.Completed } => ExitCodes.Done,
        _ => ExitCodes.Failed,
    };
}

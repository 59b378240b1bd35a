using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Local.Engine;
using Retraining.Schedule;

namespace Retraining.Cli.Commands;

internal static class StatusCommand
{
    public static Command Create(CliSession session)
    {
        var run = RunArgument.Create("the newest");
        var watch = new Option<bool>("--watch") { Description = "Follow the run to its end" };
        var command = new Command("status", "Show how far a run is") { run, watch };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(run), parsed.GetValue(watch), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? runId, bool watch, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var engine = services.GetRequiredService<LocalEngine>();
        var next = Next(services.GetRequiredService<RetrainingSettings>().Schedule);
        var none = next is null ? "no run yet" : $"no run yet; next scheduled run: {next}";
        var state = await RunArgument.FindAsync(engine, runId, [], _ => true, none, cancellationToken);
        if (watch && state is { HasEnded: false, Interrupted: false })
        {
            var until = engine.WaitAsync(state.RunId, cancellationToken);
            await RunWatch.FollowAsync(engine, state.RunId, session.Shown(services), TimeProvider.System, until);
            cancellationToken.ThrowIfCancellationRequested();
            state = await engine.GetAsync(state.RunId, cancellationToken) ?? state;
        }

        await RunOutcome.PrintAsync(state, session, parsed);
        if (next is not null)
        {
            var stream = session.Json(parsed) ? session.Streams.Error : session.Streams.Out; // JSON is the run's alone
            await stream.WriteLineAsync($"Next scheduled run: {next}");
        }

        return ExitCodes.Done;
    }

    private static string? Next(ScheduleSettings schedule) =>
        schedule.Enabled && WeeklySchedule.From(schedule).Next(TimeProvider.System.GetUtcNow()) is { } next
            ? $"{next.RunId}, {next.At:yyyy-MM-dd HH:mm:ss zzz}"
            : null;
}

using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Configuration;
using Retraining.Local.Engine;

namespace Retraining.Cli.Commands;

internal static class RunCommand
{
    public static Command Create(CliSession session)
    {
        var options = new RunOptions();
        var command = new Command("run", "Retrain now: from the source to what readers see");
        options.AddTo(command);
        command.SetAction((parsed, cancellationToken) => RunAsync(session, options, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, RunOptions options, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed, options.Settings(parsed, session.Options));
        var engine = services.GetRequiredService<LocalEngine>();
        var request = options.Request(parsed, services.GetRequiredService<RetrainingSettings>(), session.Variables["GITHUB_SHA"] as string);
        var runId = await engine.StartAsync(request, options.RunId(parsed), options.StartedAt(parsed), cancellationToken);
        return await RunOutcome.FollowAsync(services, runId, session, parsed, cancellationToken);
    }
}

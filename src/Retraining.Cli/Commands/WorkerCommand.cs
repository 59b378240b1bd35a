using System.CommandLine;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Retraining.Execution;

namespace Retraining.Cli.Commands;

/// <summary>A process without a socket: it takes work from a hub until it is stopped. Losing one costs the stages that it was doing.</summary>
internal static class WorkerCommand
{
    public static Command Create(CliSession session)
    {
        var work = new Option<WorkKind[]>("--work")
        {
            Description = "Take stages of these kinds only (default: all; the definition itself runs where transfers do)",
            AllowMultipleArgumentsPerToken = true,
            DefaultValueFactory = _ => Enum.GetValues<WorkKind>(),
        };
        var command = new Command("worker", "Carry runs from a Durable Task hub, or the stages of some kinds only, until stopped") { work };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed, parsed.GetValue(work)!, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, ParseResult parsed, WorkKind[] work, CancellationToken cancellationToken)
    {
        var builder = new HostApplicationBuilder();
        builder.Logging.ClearProviders();
        session.Log(builder.Logging, parsed);
        session.AddRetraining(builder.Services, parsed);
        Hub.AddWorker(builder.Services, session, work.Distinct().ToArray());

        using var host = builder.Build();
        await host.RunAsync(cancellationToken);
        return ExitCodes.Done;
    }
}

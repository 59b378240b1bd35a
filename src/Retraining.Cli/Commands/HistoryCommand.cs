using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

internal static class HistoryCommand
{
    private const int MaxText = 100;

    public static Command Create(CliSession session)
    {
        var run = RunArgument.Create("list all runs");
        var top = new Option<int>("--top") { Description = "Most runs to list", HelpName = "N", DefaultValueFactory = _ => 20 };
        var command = new Command("history", "List past runs, or everything that happened in one") { run, top };
        command.SetAction((parsed, cancellationToken) => parsed.GetValue(run) is { } runId
            ? ShowAsync(session, runId, parsed, cancellationToken)
            : ListAsync(session, parsed.GetValue(top), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> ListAsync(CliSession session, int top, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (top is < 1 or > 1000)
            throw new UsageException($"--top {top}, expected 1 to 1000");
        await using var services = session.Compose(parsed);
        var page = await services.GetRequiredService<LocalEngine>().ListAsync(new RunQuery { Top = top }, cancellationToken);
        if (session.Json(parsed))
        {
            await session.Streams.Out.WriteLineAsync(CliJson.Text(page.Runs));
            return ExitCodes.Done;
        }

        var table = Tables.With("run", "version", "state", ">duration", ">recall@10", "started by", "");
        foreach (var run in page.Runs)
        {
            var recall = run.Ending?.Metrics.FirstOrDefault(metric => metric.Name == "recall@10")?.Challenger;
            table.Row(
                run.RunId, VersionName.From(run.CreatedAt), RunReport.StateOf(run), Units.Duration(run.UpdatedAt - run.CreatedAt),
                $"{recall:F4}", run.StartedBy, Short(run.Error ?? (run.Ending is { } ending ? RunReport.Refusal(ending) : "")));
        }

        Tables.Console(session.Streams.Out).Write(table);
        return ExitCodes.Done;
    }

    private static async Task<int> ShowAsync(CliSession session, string runId, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var engine = services.GetRequiredService<LocalEngine>();
        await RunArgument.FindAsync(engine, runId, [], _ => true, "no run yet", cancellationToken);
        var events = await engine.HistoryAsync(runId, cancellationToken);
        if (session.Json(parsed))
        {
            await session.Streams.Out.WriteLineAsync(CliJson.Text(events));
            return ExitCodes.Done;
        }

        var table = Tables.With(">#", "at (UTC)", "what", "stage", "");
        foreach (var happened in events)
        {
            var detail = happened.Kind is EventKinds.RunStarted or EventKinds.StageStarted or EventKinds.RunCompleted ? "" : Short(happened.Json);
            table.Row($"{happened.Sequence}", $"{happened.At.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}", happened.Kind, happened.Stage ?? "", detail);
        }

        Tables.Console(session.Streams.Out).Write(table);
        return ExitCodes.Done;
    }

    private static string Short(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}

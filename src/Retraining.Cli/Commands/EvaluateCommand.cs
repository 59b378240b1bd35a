using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Local.Engine;
using Retraining.Operations;

namespace Retraining.Cli.Commands;

internal static class EvaluateCommand
{
    public static Command Create(CliSession session)
    {
        var run = RunArgument.Create("the newest that trained a model");
        var command = new Command("evaluate", "Score a run's model on its hold-out again, beside the champion that is live now; publishes nothing") { run };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed.GetValue(run), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, string? runId, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var engine = services.GetRequiredService<LocalEngine>();
        var run = await RunArgument.FindAsync(engine, runId, [], HasModel, "no run that trained a model", cancellationToken);
        var recorded = await RecordedInputAsync(engine, run.RunId, cancellationToken)
            ?? throw new UsageException($"run {run.RunId} has no trained model, expected one that reached its evaluation");

        var settings = services.GetRequiredService<RetrainingSettings>();
        var input = recorded with { Evaluation = settings.Evaluation, Publish = settings.Publish };
        // A folder of its own: the run's files stay as its journal records them.
        var context = new StageContext($"{run.RunId}-evaluation", run.CreatedAt, Attempt: 1, new ProgressWriter(session.Streams.Error, TimeProvider.System));
        var report = await services.GetRequiredService<StageRegistry>().Create(Stages.EvaluateModel).RunAsync(input, context, cancellationToken);
        if (session.Json(parsed))
            await session.Streams.Out.WriteLineAsync(CliJson.Text(report));
        else
            Write(run.RunId, report, session.Streams.Out);
        return ExitCodes.Done;
    }

    private static bool HasModel(RunState run) => run.Stages.Any(stage => stage.Name == Stages.EvaluateModel.Name);

    private static async Task<EvaluateModel.Input?> RecordedInputAsync(LocalEngine engine, string runId, CancellationToken cancellationToken)
    {
        var history = await engine.HistoryAsync(runId, cancellationToken);
        var started = history.LastOrDefault(happened => happened.Kind == EventKinds.StageStarted && happened.Stage == Stages.EvaluateModel.Name);
        return started is null
            ? null
            : JsonSerializer.Deserialize<JsonElement>(started.Json).GetProperty("input").Deserialize<EvaluateModel.Input>(RecordJson.Options);
    }

    private static void Write(string runId, EvaluationReport report, TextWriter writer)
    {
        var table = Tables.With($"{runId}, {report.Users} users", ">model", $">champion {report.ChampionVersion}", ">popularity");
        foreach (var metric in report.Challenger.Keys.Order(StringComparer.Ordinal))
            table.Row(metric, Number(report.Challenger, metric), Number(report.Champion, metric), Number(report.Popularity, metric));
        Tables.Console(writer).Write(table);
    }

    private static string Number(IReadOnlyDictionary<string, double>? values, string metric) =>
        values is not null && values.TryGetValue(metric, out var value) ? $"{value:F4}" : "";
}

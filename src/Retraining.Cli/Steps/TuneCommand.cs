using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Cli.Rendering;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Training;

namespace Retraining.Cli.Steps;

/// <summary>Trains on a run's data under several settings and compares them on the validation part; the hold-out stays unseen.</summary>
internal static class TuneCommand
{
    private static readonly string[] DefaultGrid = ["training.learning_rate=0.0005,0.002,0.005", "training.temperature=0.05,0.1,0.2", "training.dropout=0.1,0.3"];

    public static Command Create(CliSession session)
    {
        var checkpoint = new Option<string?>("--checkpoint") { Description = "Run whose data to train on (default: the newest that trained a model)", HelpName = "RUN" };
        var grid = new Option<string[]>("--try")
        {
            Description = $"A training setting and its values; once or more (default: {string.Join(" ", DefaultGrid)})",
            HelpName = "KEY=V1,V2",
            DefaultValueFactory = _ => DefaultGrid,
        };
        var trials = new Option<int>("--trials") { Description = "Most combinations to train, drawn by training.seed", HelpName = "N", DefaultValueFactory = _ => 8 };
        var command = new Command("tune", "Train a run's data under other settings and tell which does best on the validation part") { checkpoint, grid, trials };
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(session, parsed.GetValue(checkpoint), parsed.GetValue(grid)!, parsed.GetValue(trials), parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(
        CliSession session, string? checkpoint, string[] grid, int trials, ParseResult parsed, CancellationToken cancellationToken)
    {
        if (trials < 1)
            throw new UsageException($"--trials {trials}, expected 1 or more");
        await using var services = session.Compose(parsed);
        var resolve = services.GetRequiredService<ResolveSettings>();
        var combinations = TuningGrid.Draw(grid, trials, resolve(null).Training.Seed);
        RetrainingSettings[] settings = [.. combinations.Select(changes => resolve(TuningGrid.Overrides(changes)))]; // a wrong value ends it before the first training

        var run = await StepRunner.FindAsync(services, checkpoint, cancellationToken);
        var recorded = await RecordedInputAsync(services, run, cancellationToken);
        var results = new List<Trial>();
        for (var i = 0; i < combinations.Count; i++)
        {
            var input = recorded with { Training = settings[i].Training with { Refit = false } };
            results.Add(await TrainAsync(session, services, run, input, i, combinations[i], cancellationToken));
        }

        Write(session, parsed, results);
        return ExitCodes.Done;
    }

    private static async Task<Trial> TrainAsync(
        CliSession session, IServiceProvider services, RunState run, TrainTowers.Input input, int number, IReadOnlyList<SettingChange> changes,
        CancellationToken cancellationToken)
    {
        await session.Streams.Error.WriteLineAsync($"trial {number + 1}: {TuningGrid.Text(changes)}");
        var progress = new ProgressWriter(session.Streams.Error, TimeProvider.System);
        // Named by what goes in: a repeated trial goes on where it stopped, and only that one.
        var key = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input, RecordJson.Options)).AsSpan(0, 6));
        var context = new StageContext($"{run.RunId}-trial-{key}", run.CreatedAt, Attempt: 1, progress);
        var model = await services.GetRequiredService<StageRegistry>().Create(Stages.TrainTowers).RunAsync(input, context, cancellationToken);
        return new Trial(changes, model.Metric, model.ValidationMetric, model.BestEpoch, model.Epochs);
    }

    private static async Task<TrainTowers.Input> RecordedInputAsync(IServiceProvider services, RunState run, CancellationToken cancellationToken)
    {
        var history = await services.GetRequiredService<IRunClient>().HistoryAsync(run.RunId, cancellationToken);
        var started = history.Last(happened => happened.Kind == EventKinds.StageStarted && happened.Stage == Stages.TrainTowers.Name);
        return JsonSerializer.Deserialize<JsonElement>(started.Json).GetProperty("input").Deserialize<TrainTowers.Input>(RecordJson.Options)!;
    }

    private static void Write(CliSession session, ParseResult parsed, List<Trial> results)
    {
        Trial[] best = [.. results.OrderByDescending(trial => trial.ValidationMetric ?? double.NegativeInfinity)];
        if (session.Json(parsed))
        {
            session.Streams.Out.WriteLine(CliJson.Text(best));
            return;
        }

        var table = Tables.With("settings", $">validation {best[0].Metric}", ">best epoch", ">epochs");
        foreach (var trial in best)
            table.Row(TuningGrid.Text(trial.Settings), trial.ValidationMetric is { } value ? $"{value:F4}" : "no likes", $"{trial.BestEpoch}", $"{trial.Epochs}");
        Tables.Console(session.Streams.Out).Write(table);
    }

    private sealed record Trial(IReadOnlyList<SettingChange> Settings, string Metric, double? ValidationMetric, int BestEpoch, int Epochs);
}

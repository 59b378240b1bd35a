using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using Retraining.Benchmark;
using Retraining.Cli.Rendering;
using Retraining.Configuration;

namespace Retraining.Cli.Commands;

internal static class BenchmarkCommand
{
    private static readonly Option<string> Train = File("--train", "Interactions to train on: CSV user_id,item_id[,rating][,timestamp], every row a positive", required: true);
    private static readonly Option<string> Test = File("--test", "Interactions to find", required: true);
    private static readonly Option<string> Videos = File("--videos", "The items, in the shape of videos.json", required: true);
    private static readonly Option<string> Valid = File("--valid", "Interactions that early stopping looks at");
    private static readonly Option<string> FoldIn = File("--fold-in", "History of the test users, who then are new");
    private static readonly Option<string> ValidFoldIn = File("--valid-fold-in", "History of the validation users");
    private static readonly Option<bool> AllItems = new("--all-items") { Description = "Rank all items of --videos, not only those in training" };
    private static readonly Option<int[]> Seeds = new("--seed")
    {
        Description = "Once or more: one training for each",
        HelpName = "SEED",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private static readonly Option<double> ColdShare = new("--cold-share")
    {
        Description = "Strip this share of the items of all interactions and rank only them: how far content carries",
        HelpName = "SHARE",
    };

    private static readonly Option<string[]> Changes = new("--ablation")
    {
        Description = "Again with one setting changed at a time; all changes, or those named",
        HelpName = "CHANGE",
        Arity = ArgumentArity.ZeroOrMore,
        AllowMultipleArgumentsPerToken = true,
    };

    public static Command Create(CliSession session)
    {
        var command = new Command("benchmark", "Train and score on somebody else's split, so that published tables can be compared")
            { Train, Test, Valid, FoldIn, ValidFoldIn, Videos, AllItems, Seeds, ColdShare, Changes };
        command.SetAction((parsed, cancellationToken) => RunAsync(session, parsed, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(CliSession session, ParseResult parsed, CancellationToken cancellationToken)
    {
        await using var services = session.Compose(parsed);
        var settings = services.GetRequiredService<RetrainingSettings>();
        var seeds = parsed.GetValue(Seeds)!;
        var request = new BenchmarkRequest
        {
            Train = parsed.GetValue(Train)!,
            Test = parsed.GetValue(Test)!,
            Videos = parsed.GetValue(Videos)!,
            Valid = parsed.GetValue(Valid),
            FoldIn = parsed.GetValue(FoldIn),
            ValidFoldIn = parsed.GetValue(ValidFoldIn),
            AllItems = parsed.GetValue(AllItems),
            ColdShare = parsed.GetValue(ColdShare),
            Seeds = seeds.Length == 0 ? [settings.Training.Seed] : seeds,
            Features = settings.Features,
            Training = settings.Training,
        };
        var progress = new ProgressWriter(session.Streams.Error, TimeProvider.System);
        if (parsed.GetResult(Changes) is not null)
        {
            await AblateAsync(session, request, progress, parsed, cancellationToken);
            return ExitCodes.Done;
        }

        var result = await new SplitBenchmark(TimeProvider.System).RunAsync(request, progress, cancellationToken);
        if (session.Json(parsed))
            await session.Streams.Out.WriteLineAsync(CliJson.Text(result));
        else
            Write(result, session.Streams.Out);
        return ExitCodes.Done;
    }

    private static async Task AblateAsync(
        CliSession session, BenchmarkRequest request, ProgressWriter progress, ParseResult parsed, CancellationToken cancellationToken)
    {
        var results = await new Ablation(TimeProvider.System).RunAsync(
            request, parsed.GetValue(Changes) ?? [], progress,
            (change, result) => session.Streams.Error.WriteLine($"{change}: ndcg@100 {result.TwoTower["ndcg@100"]:F4}"), cancellationToken);
        if (session.Json(parsed))
        {
            await session.Streams.Out.WriteLineAsync(CliJson.Text(results.ToDictionary(entry => entry.Change, entry => entry.Result)));
            return;
        }

        var table = Tables.With("change", ">recall@20", ">ndcg@100", ">± over seeds", ">± over users", ">seconds");
        foreach (var (change, result) in results)
        {
            table.Row(
                change, Number(result.TwoTower, "recall@20"), Number(result.TwoTower, "ndcg@100"), Number(result.Spread, "ndcg@100"),
                Number(result.StandardError, "ndcg@100"), $"{result.Seconds:F0}");
        }

        Tables.Console(session.Streams.Out).Write(table);
    }

    private static void Write(BenchmarkResult result, TextWriter writer)
    {
        var console = Tables.Console(writer);
        var table = Tables.With("metric", ">two towers", ">± over seeds", ">± over users", ">popularity", ">random");
        foreach (var metric in BenchmarkResult.Headline)
            table.Row(metric, Number(result.TwoTower, metric), Number(result.Spread, metric), Number(result.StandardError, metric), Number(result.Popularity, metric), Number(result.Random, metric));
        console.Write(table);
        writer.WriteLine(
            $"{result.Users} users, {result.Items} items, {result.Generalisation} generalisation, seeds {string.Join(", ", result.Seeds)}; "
            + $"{result.Seconds:F1} s a training, peak memory {Units.Size(result.PeakMemoryBytes)}");
    }

    private static string Number(IReadOnlyDictionary<string, double> values, string metric) =>
        values.TryGetValue(metric, out var value) ? $"{value:F4}" : "";

    private static Option<string> File(string name, string description, bool required = false) =>
        new(name) { Description = description, HelpName = "FILE", Required = required };
}

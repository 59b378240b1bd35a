using System.Diagnostics;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Training;
using TwoTower.Evaluation;
using TwoTower.Training;

namespace Retraining.Benchmark;

/// <summary>Trains and scores on a published split, so that published tables can be compared: <c>retrain benchmark</c>.</summary>
public sealed class SplitBenchmark(TimeProvider time)
{
    private static readonly EvaluationSettings Evaluation = new() { Ks = [10, 20, 50, 100] };

    /// <exception cref="PermanentStageException">A file is missing or not as expected, or nothing is left to score.</exception>
    public async Task<BenchmarkResult> RunAsync(BenchmarkRequest request, IProgress<StageProgress> progress, CancellationToken cancellationToken)
    {
        var split = await BenchmarkSplit.ReadAsync(request, cancellationToken);
        if (split.Test.Count == 0)
            throw new PermanentStageException($"{request.Test}: 0 users with a target among the ranked items, expected at least 1");

        var features = split.Mode == HistoryMode.Rest ? request.Features with { HistoryHalfLifeDays = 0 } : request.Features; // without an order of time, no like is recent
        var spec = new FeatureFitter(features, split.Catalogue, split.Log, split.Split)
            .Fit(request.Training.EmbeddingDim, "user_features", "item_features");
        var set = TrainingSet.Build(split.Catalogue, split.Log, split.Split, spec, cancellationToken);
        var evaluator = new ModelEvaluator(Evaluation, split.Test, split.Ranked, set.Popularity, ItemAttributes.Of(split.Catalogue));

        List<(ModelQuality Quality, TrainingResult Training)> runs = [];
        var started = time.GetTimestamp();
        foreach (var seed in request.Seeds)
            runs.Add(await RunAsync(request with { Training = request.Training with { Seed = seed } }, split, set, evaluator, progress, cancellationToken));
        var seconds = time.GetElapsedTime(started).TotalSeconds / runs.Count;

        var means = runs.Select(run => run.Quality.Means()).ToArray();
        return new()
        {
            Users = split.Test.Count,
            Items = split.Ranked.Count(candidate => candidate),
            Generalisation = request.FoldIn is null ? "weak" : "strong",
            Seeds = request.Seeds,
            TwoTower = Over(means, values => values.Average()),
            Spread = Over(means, Deviation),
            StandardError = StandardErrors(runs[0].Quality.PerUser),
            Popularity = evaluator.Evaluate(new PopularityScorer(split.Test.Count, set.Popularity), cancellationToken).Means(),
            Random = evaluator.Evaluate(new RandomScorer(split.Test.Count, set.Catalogue.Count, Evaluation.Seed), cancellationToken).Means(),
            BestEpochs = [.. runs.Select(run => run.Training.BestEpoch)],
            Validation = [.. runs.Select(run => run.Training.BestMetric)],
            Seconds = seconds,
            PeakMemoryBytes = PeakMemory(),
        };
    }

    private async Task<(ModelQuality Quality, TrainingResult Training)> RunAsync(
        BenchmarkRequest request, BenchmarkSplit split, TrainingSet set, ModelEvaluator evaluator, IProgress<StageProgress> progress,
        CancellationToken cancellationToken)
    {
        var fit = new TowerFit(set, request.Training, split.Valid, split.Candidates, request.Metric, time) { Mode = split.Mode };
        var hooks = new FitHooks { Progress = progress.Report, Unit = $"seed {request.Training.Seed}, epoch" };
        var result = await fit.SearchAsync(hooks, cancellationToken);
        if (request.Training.Refit)
        {
            var full = set.With(split.FullLog, TimeSplit.AllTraining(split.FullLog));
            result = result with { Model = (await fit.RefitAsync(full, result, hooks, cancellationToken)).Model };
        }

        var users = split.Test.Embed(
            set.Spec, set.Catalogue, rows => result.Model.User.Embed(rows, request.Training.Threads, cancellationToken));
        var items = result.Model.Item.Embed(set.Items, request.Training.Threads, cancellationToken);
        var scorer = new EmbeddingScorer(users, items, request.Training.EmbeddingDim);
        return (evaluator.Evaluate(scorer, cancellationToken), result);
    }

    private static SortedDictionary<string, double> Over(SortedDictionary<string, double>[] runs, Func<double[], double> combine)
    {
        var combined = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in runs[0].Keys)
            combined[name] = combine([.. runs.Select(run => run[name])]);
        return combined;
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return values.Length < 2 ? 0 : Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1));
    }

    private static SortedDictionary<string, double> StandardErrors(UserMetrics metrics)
    {
        var errors = new SortedDictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in metrics.Names)
        {
            double[] values = [.. metrics[name].ToArray().Where(double.IsFinite)];
            errors[name] = values.Length == 0 ? 0 : Deviation(values) / Math.Sqrt(values.Length);
        }

        return errors;
    }

    private static long PeakMemory()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}

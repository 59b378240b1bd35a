using Retraining.Execution;
using Retraining.Features;
using Retraining.Training;

namespace Retraining.Benchmark;

/// <summary>What each default is worth: the benchmark again with one setting changed at a time.</summary>
public sealed class Ablation(TimeProvider time)
{
    private static readonly (string Change, Func<TrainingSettings, TrainingSettings> Training, Func<FeatureSettings, FeatureSettings> Features)[] Variants =
    [
        Same("as it is"),
        Train("no training after the start", settings => settings with { Epochs = 0 }),
        Train("no refit with the validation part", settings => settings with { Refit = false }),
        Train("random start", settings => settings with { Start = "random" }),
        Train("random start, logQ off", settings => settings with { Start = "random", LogQCorrection = false }),
        Train("learning rate 0.0002", settings => settings with { LearningRate = 0.0002 }),
        Train("full softmax", settings => settings with { Loss = "full-softmax" }),
        Train("temperature fitted to the start", settings => settings with { Temperature = 0 }),
        Train("whole histories in training", settings => settings with { KeepHistory = 1 }),
        Train("no trials of other factors", settings => settings with { FactorTrials = false }),
        Train("unobserved weight 0.1, no trials", settings => settings with { FactorTrials = false, FactorUnobservedWeight = 0.1 }),
        Train("unobserved weight 1, no trials", settings => settings with { FactorTrials = false, FactorUnobservedWeight = 1 }),
        Train("regularisation 0.003, no trials", settings => settings with { FactorTrials = false, FactorRegularisation = 0.003 }),
        Train("regularisation 0.03, no trials", settings => settings with { FactorTrials = false, FactorRegularisation = 0.03 }),
        Train("user penalty 0.1", settings => settings with { UserPenalty = 0.1 }),
        Train("user penalty 2", settings => settings with { UserPenalty = 2 }),
        Train("6 sweeps", settings => settings with { FactorSweeps = 6 }),
        Train("embeddings of 64", settings => settings with { EmbeddingDim = 64 }),
        Feature("likes do not age", settings => settings with { HistoryHalfLifeDays = 0 }),
        Feature("half-life 90 days", settings => settings with { HistoryHalfLifeDays = 90 }),
        Feature("history as a mean", settings => settings with { HistoryNorm = "sum" }),
        Feature("feature set v2", settings => settings with { Version = "v2" }),
    ];

    /// <summary>Runs every variant; the first is the request as it is.</summary>
    /// <param name="finished">Receives each result as it comes.</param>
    public async Task<IReadOnlyList<(string Change, BenchmarkResult Result)>> RunAsync(
        BenchmarkRequest request, IProgress<StageProgress> progress, Action<string, BenchmarkResult> finished, CancellationToken cancellationToken)
    {
        List<(string Change, BenchmarkResult Result)> results = [];
        foreach (var (change, training, features) in Variants)
        {
            var changed = request with { Training = training(request.Training), Features = features(request.Features) };
            var result = await new SplitBenchmark(time).RunAsync(changed, progress, cancellationToken);
            results.Add((change, result));
            finished(change, result);
        }

        return results;
    }

    private static (string Change, Func<TrainingSettings, TrainingSettings> Training, Func<FeatureSettings, FeatureSettings> Features) Same(string change) =>
        (change, settings => settings, settings => settings);

    private static (string Change, Func<TrainingSettings, TrainingSettings> Training, Func<FeatureSettings, FeatureSettings> Features) Train(
        string change, Func<TrainingSettings, TrainingSettings> training) => (change, training, settings => settings);

    private static (string Change, Func<TrainingSettings, TrainingSettings> Training, Func<FeatureSettings, FeatureSettings> Features) Feature(
        string change, Func<FeatureSettings, FeatureSettings> features) => (change, settings => settings, features);
}

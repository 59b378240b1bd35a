using Retraining.Features;
using Retraining.Training;

namespace Retraining.Benchmark;

/// <summary>One change to the defaults.</summary>
/// <param name="Change">In words; unique.</param>
/// <param name="Training">What becomes of the training settings.</param>
/// <param name="Features">What becomes of the feature settings.</param>
internal sealed record AblationVariant(
    string Change, Func<TrainingSettings, TrainingSettings> Training, Func<FeatureSettings, FeatureSettings> Features)
{
    /// <summary>In the order of the table; the first changes nothing.</summary>
    public static IReadOnlyList<AblationVariant> All { get; } =
    [
        new("as it is", settings => settings, settings => settings),

        Train("no training after the start", settings => settings with { Epochs = 0 }),
        Train("random start", settings => settings with { Start = "random" }),
        Train("no refit", settings => settings with { Refit = false }),
        Train("logQ off", settings => settings with { LogQCorrection = false }),
        Train("full softmax", settings => settings with { Loss = "full-softmax" }),
        Train("binary cross entropy", settings => settings with { Loss = "bce" }),
        Train("1,024 uniform negatives", settings => settings with { UniformNegatives = 1024 }),
        Train("temperature 0.05", settings => settings with { Temperature = 0.05 }),
        Train("temperature 0.2", settings => settings with { Temperature = 0.2 }),
        Train("learning rate 0.0005", settings => settings with { LearningRate = 0.0005 }),
        Train("learning rate 0.005", settings => settings with { LearningRate = 0.005 }),
        Train("constant learning rate", settings => settings with { Schedule = "constant" }),
        Train("no warm-up", settings => settings with { WarmUpSteps = 0 }),
        Train("batch of 64 users", settings => settings with { BatchUsers = 64 }),
        Train("1 target a user, 1,024 users", settings => settings with { TargetsPerUser = 1, BatchUsers = 1024 }),
        Train("whole histories", settings => settings with { KeepHistory = 1 }),
        Train("users alike", settings => settings with { ActivityPower = 0 }),
        Train("users by activity", settings => settings with { ActivityPower = 1 }),
        Train("old likes weigh less, half-life of 365 days", settings => settings with { RecencyHalfLifeDays = 365 }),
        Train("no dropout", settings => settings with { Dropout = 0 }),
        Train("no id dropout", settings => settings with { IdDropout = 0 }),
        Train("no weight decay", settings => settings with { WeightDecay = 0 }),
        Train("weight decay 0.1", settings => settings with { WeightDecay = 0.1 }),
        Train("hidden layer of 64", settings => settings with { HiddenDim = 64 }),
        Train("embeddings of 64", settings => settings with { EmbeddingDim = 64 }),

        Train("no trials of other factors", settings => settings with { FactorTrials = false }),
        Train("unobserved weight 0.1", settings => settings with { FactorUnobservedWeight = 0.1, FactorTrials = false }),
        Train("unobserved weight 1", settings => settings with { FactorUnobservedWeight = 1, FactorTrials = false }),
        Train("regularisation 0.003", settings => settings with { FactorRegularisation = 0.003, FactorTrials = false }),
        Train("regularisation 0.03", settings => settings with { FactorRegularisation = 0.03, FactorTrials = false }),
        Train("6 sweeps", settings => settings with { FactorSweeps = 6 }),
        Train("user penalty 0.1", settings => settings with { UserPenalty = 0.1 }),
        Train("user penalty 2", settings => settings with { UserPenalty = 2 }),
        Train("content penalty 0.3", settings => settings with { ContentPenalty = 0.3 }),
        Train("content penalty 30", settings => settings with { ContentPenalty = 30 }),

        Feature("likes do not age", settings => settings with { HistoryHalfLifeDays = 0 }),
        Feature("half-life of 90 days", settings => settings with { HistoryHalfLifeDays = 90 }),
        Feature("history as a mean", settings => settings with { HistoryNorm = "sum" }),
        Feature("distributions of unit length", settings => settings with { DistributionNorm = "l2" }),
        Feature("no words of title and description", settings => settings with { TextBuckets = 0 }),
        Feature("feature set v2", settings => settings with { Version = "v2" }),
    ];

    public BenchmarkRequest Of(BenchmarkRequest request) => request with { Training = Training(request.Training), Features = Features(request.Features) };

    private static AblationVariant Train(string change, Func<TrainingSettings, TrainingSettings> training) => new(change, training, settings => settings);

    private static AblationVariant Feature(string change, Func<FeatureSettings, FeatureSettings> features) => new(change, settings => settings, features);
}

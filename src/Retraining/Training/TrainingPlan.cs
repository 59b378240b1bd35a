using Retraining.Execution;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>The settings in the words of the trainer and of the examples.</summary>
internal static class TrainingPlan
{
    public static HistoryExamplesOptions Examples(TrainingSettings settings, HistoryMode mode) => new()
    {
        Seed = settings.Seed,
        Mode = mode,
        BatchUsers = settings.BatchUsers,
        TargetsPerUser = settings.TargetsPerUser,
        KeepHistory = settings.KeepHistory,
        ActivityPower = settings.ActivityPower,
        RecencyHalfLifeDays = settings.RecencyHalfLifeDays,
    };

    /// <param name="temperature">In place of the settings' own, which may ask for one that is found.</param>
    /// <param name="itemIds">Columns of a video's identity.</param>
    /// <param name="patience">Epochs without a better metric.</param>
    /// <exception cref="PermanentStageException">A name is not known.</exception>
    public static TrainerOptions Options(TrainingSettings settings, double temperature, Range itemIds, int patience) => new()
    {
        Epochs = settings.Epochs,
        Patience = patience,
        LearningRate = settings.LearningRate,
        Schedule = Schedule(settings.Schedule),
        WarmUpSteps = settings.WarmUpSteps,
        WeightDecay = settings.WeightDecay,
        GradientClip = settings.GradientClip,
        Dropout = settings.Dropout,
        ItemIdColumns = itemIds,
        IdDropout = settings.IdDropout,
        Loss = Loss(settings.Loss),
        Temperature = temperature,
        LogQCorrection = settings.LogQCorrection,
        UniformNegatives = settings.UniformNegatives,
        DislikeWeight = settings.DislikeWeight,
        Negatives = settings.Negatives,
        ExplodingNorm = settings.ExplodingNorm,
        ExplodingSteps = settings.ExplodingSteps,
        Seed = settings.Seed,
        Threads = settings.Threads,
    };

    private static LearningRateSchedule Schedule(string name) => name switch
    {
        "constant" => LearningRateSchedule.Constant,
        "linear" => LearningRateSchedule.Linear,
        "cosine" => LearningRateSchedule.Cosine,
        _ => throw new PermanentStageException($"training.schedule: {name}, expected constant, linear or cosine"),
    };

    private static TrainingLoss Loss(string name) => name switch
    {
        "softmax" => TrainingLoss.InBatchSoftmax,
        "full-softmax" => TrainingLoss.FullSoftmax,
        "bce" => TrainingLoss.BinaryCrossEntropy,
        _ => throw new PermanentStageException($"training.loss: {name}, expected softmax, full-softmax or bce"),
    };
}

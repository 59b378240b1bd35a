using Retraining.Execution;
using Retraining.Training;
using TwoTower.Training;

namespace Retraining.Tests.Training;

public sealed class TrainingPlanTests
{
    [Fact]
    public void Options_SettingsOtherThanTheDefaults_ReachTheTrainer()
    {
        var settings = new TrainingSettings
        {
            Epochs = 7,
            LearningRate = 0.1,
            Schedule = "linear",
            WarmUpSteps = 3,
            WeightDecay = 0.2,
            GradientClip = 4,
            Dropout = 0.5,
            IdDropout = 0.6,
            Loss = "bce",
            LogQCorrection = false,
            UniformNegatives = 8,
            DislikeWeight = 9,
            Negatives = 5,
            ExplodingNorm = 11,
            ExplodingSteps = 12,
            Seed = 13,
            Threads = 2,
        };
        var expected = new TrainerOptions
        {
            Epochs = 7,
            Patience = 14,
            LearningRate = 0.1,
            Schedule = LearningRateSchedule.Linear,
            WarmUpSteps = 3,
            WeightDecay = 0.2,
            GradientClip = 4,
            Dropout = 0.5,
            ItemIdColumns = 1..9,
            IdDropout = 0.6,
            Loss = TrainingLoss.BinaryCrossEntropy,
            Temperature = 0.7,
            LogQCorrection = false,
            UniformNegatives = 8,
            DislikeWeight = 9,
            Negatives = 5,
            ExplodingNorm = 11,
            ExplodingSteps = 12,
            Seed = 13,
            Threads = 2,
        };
        Assert.Equal(expected, TrainingPlan.Options(settings, temperature: 0.7, itemIds: 1..9, patience: 14));
    }

    [Fact]
    public void Options_UnknownName_SaysWhatIsExpected()
    {
        Assert.Equal("training.schedule: stepwise, expected constant, linear or cosine", Refusal(new() { Schedule = "stepwise" }));
        Assert.Equal("training.loss: hinge, expected softmax, full-softmax or bce", Refusal(new() { Loss = "hinge" }));
    }

    private static string Refusal(TrainingSettings settings) =>
        Assert.Throws<PermanentStageException>(() => TrainingPlan.Options(settings, 0.1, 0..0, 1)).Message;
}

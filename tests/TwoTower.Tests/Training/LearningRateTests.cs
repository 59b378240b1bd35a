using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class LearningRateTests
{
    private static readonly TrainerOptions Options = new() { LearningRate = 1, Epochs = 3, WarmUpSteps = 10, FinalLearningRate = 0.1 };

    [Theory]
    [InlineData(0, 0.1)] // first of ten warm-up steps
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(60, 0.55)] // half of the 100 steps after the warm-up: 0.1 + 0.9 × 0.5
    [InlineData(109, 0.109)] // 0.1 + 0.9 × 0.01
    [InlineData(500, 0.1)]
    public void At_Linear_RisesThenFallsInAStraightLine(long step, double expected) =>
        Assert.Equal(expected, LearningRate.At(Options with { Epochs = 11, Schedule = LearningRateSchedule.Linear }, step, stepsPerEpoch: 10), 12);

    [Fact]
    public void At_Cosine_IsHalfwayInTheMiddle() =>
        Assert.Equal(0.55, LearningRate.At(Options with { Epochs = 11, Schedule = LearningRateSchedule.Cosine }, 60, stepsPerEpoch: 10), 12);

    [Fact]
    public void At_Constant_StaysAtThePeak() => Assert.Equal(1, LearningRate.At(Options, 25, stepsPerEpoch: 10));
}

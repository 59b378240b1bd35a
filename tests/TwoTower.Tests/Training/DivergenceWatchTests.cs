using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class DivergenceWatchTests
{
    [Fact]
    public void Check_NormExplodesForTwentySteps_EndsTheRunThere()
    {
        var watch = new DivergenceWatch(explodingNorm: 10);
        for (var step = 0; step < 60; step++)
            watch.Check(new(1, 1, 1, 0.1), 0, step);
        for (var step = 60; step < 79; step++)
            watch.Check(new(1, 1, 11, 0.1), 0, step);
        var error = Assert.Throws<TrainingDivergedException>(() => watch.Check(new(1, 1, 11, 0.1), 0, 79));
        Assert.Equal((1, 79), (error.Epoch, error.Step));
        Assert.Contains("gradient norm 11 for the 20th step", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SingleSpikes_AreForgiven()
    {
        var watch = new DivergenceWatch(explodingNorm: 10);
        for (var step = 0; step < 500; step++)
            watch.Check(new(1, 1, step % 2 == 0 ? 1 : 100, 0.1), 0, step);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    public void Check_NotFinite_Throws(double loss, double norm) =>
        Assert.Throws<TrainingDivergedException>(() => new DivergenceWatch(10).Check(new(loss, 1, norm, 0.1), 2, 3));
}

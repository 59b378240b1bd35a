using System.Numerics.Tensors;
using TwoTower.Model;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class DivergenceWatchTests
{
    private static readonly TwoTowerModel Start = new FakeExamples().Model(4, true);
    private static readonly TrainerOptions Strict = new() { ExplodingNorm = 10, ExplodingSteps = 20 };

    [Fact]
    public void Check_NormExplodesForTwentySteps_EndsTheRunThere()
    {
        var watch = Watch(Strict);
        for (var step = 0; step < 60; step++)
            watch.Check(new(1, 1, 1, 0.1), 0, step);
        for (var step = 60; step < 79; step++)
            watch.Check(new(1, 1, 11, 0.1), 0, step);
        var error = Assert.Throws<TrainingDivergedException>(() => watch.Check(new(1, 1, 11, 0.1), 0, 79));
        Assert.Equal((1, 80), (error.Epoch, error.Step));
        Assert.Equal(
            "epoch 1, step 80 of 3, batch of 40 users from row 3160: gradient norm 11, the 20th in a row that is more than 10 times the 1 "
            + "of the steps before",
            error.Message);
    }

    [Theory]
    [InlineData(1.5, 3)]
    [InlineData(10, 1)]
    public void Check_StricterSettings_EndTheRunSooner(double norm, int steps)
    {
        var watch = Watch(Strict with { ExplodingNorm = norm, ExplodingSteps = steps });
        for (var step = 0; step < steps; step++)
            watch.Check(new(1, 1, 1, 0.1), 0, step);
        for (var step = 0; step < steps - 1; step++)
            watch.Check(new(1, 1, 11, 0.1), 0, steps + step);
        Assert.Equal(2 * steps, Assert.Throws<TrainingDivergedException>(() => watch.Check(new(1, 1, 11, 0.1), 0, (2 * steps) - 1)).Step);
    }

    [Fact]
    public void Check_SingleSpikes_AreForgiven()
    {
        var watch = Watch(Strict);
        for (var step = 0; step < 500; step++)
            watch.Check(new(1, 1, step % 2 == 0 ? 1 : 100, 0.1), 0, step);
    }

    [Theory]
    [InlineData(double.NaN, 1)]
    [InlineData(1, double.PositiveInfinity)]
    public void Check_NotFinite_NamesTheBatch(double loss, double norm)
    {
        var error = Assert.Throws<TrainingDivergedException>(() => Watch(Strict).Check(new(loss, 1, norm, 0.1), 2, 1));
        Assert.StartsWith("epoch 3, step 2 of 3, batch of 40 users from row 40: loss ", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 0.2, "user")]
    [InlineData(0.2, 0.99999, "item")]
    [InlineData(double.NaN, 0.2, "user")]
    public void CheckCollapse_EitherSideInOnePoint_EndsTheRun(double users, double items, string side)
    {
        var watch = Watch(Strict);
        watch.CheckCollapse(new Embedded(users, items), 0, 0); // neither the end of the epoch nor a fiftieth step
        var error = Assert.Throws<TrainingDivergedException>(() => watch.CheckCollapse(new Embedded(users, items), 0, 2));
        Assert.Contains($"the mean of the {side} embeddings has length", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, error.Step);
    }

    [Fact]
    public void CheckCollapse_LongEpoch_LooksWhileItRuns()
    {
        var watch = new DivergenceWatch(new FakeExamples(users: 4000, batchUsers: 40), Strict, Start);
        watch.CheckCollapse(new Embedded(1, 1), 0, 48);
        Assert.Equal(50, Assert.Throws<TrainingDivergedException>(() => watch.CheckCollapse(new Embedded(1, 1), 0, 49)).Step);
    }

    [Fact]
    public void CheckWeights_LastUpdateBrokeOne_NamesTensorAndStep()
    {
        var model = Start.Clone();
        Watch(Strict).CheckWeights(model, 0);
        model.Item.W2[5] = float.NegativeInfinity;
        var error = Assert.Throws<TrainingDivergedException>(() => Watch(Strict).CheckWeights(model, 1));
        Assert.Equal((2, 3), (error.Epoch, error.Step));
        Assert.Contains("tensor item.w2, value 5: -", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void CheckWeights_TenTimesTheStart_IsExploding()
    {
        var model = Start.Clone();
        foreach (var tensor in model.Tensors)
            TensorPrimitives.Multiply(tensor.Values, 9.9f, tensor.Values);
        Watch(Strict).CheckWeights(model, 0);
        TensorPrimitives.Multiply(model.Item.Skip, 2, model.Item.Skip);
        var error = Assert.Throws<TrainingDivergedException>(() => Watch(Strict).CheckWeights(model, 0));
        Assert.Contains("more than 10 times the", error.Message, StringComparison.Ordinal);
    }

    private static DivergenceWatch Watch(TrainerOptions options) => new(new FakeExamples(), options, Start);

    private sealed class Embedded(double users, double items) : ITrainingSteps
    {
        public (double Users, double Items) Concentration() => (users, items);

        public StepReport Step(int epoch, int step) => throw new NotSupportedException();

        public void Load(TrainerState state) => throw new NotSupportedException();

        public void Store(TwoTowerModel weights, TwoTowerModel first, TwoTowerModel second) => throw new NotSupportedException();

        public void StoreWeights(TwoTowerModel model) => throw new NotSupportedException();

        public void Dispose()
        {
        }
    }
}

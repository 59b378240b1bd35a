using TwoTower.Model;

namespace TwoTower.Tests.Model;

public sealed class TwoTowerModelTests
{
    private static readonly ModelShape Shape = new() { UserInputDim = 5, ItemInputDim = 4, HiddenDim = 3, EmbeddingDim = 2 };

    [Fact]
    public void Tensors_FullModel_AreNamedInFixedOrder()
    {
        var names = new TwoTowerModel(Shape).Tensors.Select(tensor => $"{tensor.Name} [{string.Join(", ", tensor.Shape)}]");
        Assert.Equal(
            [
                "user.w1 [5, 3]", "user.b1 [3]", "user.w2 [3, 2]", "user.b2 [2]", "user.skip [5, 2]",
                "item.w1 [4, 3]", "item.b1 [3]", "item.w2 [3, 2]", "item.b2 [2]", "item.skip [4, 2]",
            ],
            names);
    }

    [Fact]
    public void Create_SameSeed_SameWeights()
    {
        static float[] Weights(int seed) => [.. TwoTowerModel.Create(Shape, seed).Tensors.SelectMany(tensor => tensor.Values)];
        Assert.Equal(Weights(1), Weights(1));
        Assert.NotEqual(Weights(1), Weights(2));
    }

    [Fact]
    public void Create_ManyWeights_HaveTheAskedSpread()
    {
        var model = TwoTowerModel.Create(Shape with { UserInputDim = 20_000 }, 4, new() { Hidden = 0.2 });
        Assert.Equal(0, model.User.W1.Average(x => (double)x), 0.005); // standard error 0.2 / sqrt(60,000) = 0.0008
        Assert.Equal(0.2, Math.Sqrt(model.User.W1.Average(x => (double)x * x)), 0.005);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(0, true)]
    [InlineData(3, false)]
    public void FromTensors_OwnTensors_GivesTheSameModel(int hidden, bool skip)
    {
        var model = TwoTowerModel.Create(Shape with { HiddenDim = hidden, LinearSkip = skip }, 1);
        var copy = TwoTowerModel.FromTensors([.. model.Tensors.Reverse()]);
        Assert.Equal(model.Shape, copy.Shape);
        Assert.All(model.Tensors.Zip(copy.Tensors), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
    }

    [Fact]
    public void FromTensors_MissingOrMisshapen_NamesTheTensor()
    {
        var tensors = TwoTowerModel.Create(Shape, 1).Tensors.ToList();
        Assert.Contains("item.skip", Assert.Throws<ArgumentException>(() => TwoTowerModel.FromTensors(Shape, tensors[..^1])).Message, StringComparison.Ordinal);
        tensors[0] = new("user.w1", [3, 5], new float[15]);
        Assert.Contains(
            "user.w1: shape [3, 5], expected [5, 3]",
            Assert.Throws<ArgumentException>(() => TwoTowerModel.FromTensors(Shape, tensors)).Message,
            StringComparison.Ordinal);
    }
}

using TwoTower.Model;

namespace TwoTower.Tests.Model;

public sealed class WarmStartTests
{
    private static readonly ModelShape Old = new() { UserInputDim = 3, ItemInputDim = 2, HiddenDim = 4, EmbeddingDim = 2 };
    private static readonly TwoTowerModel Champion = TwoTowerModel.Create(Old, 1);

    [Fact]
    public void From_GrownAndReorderedColumns_EmbedsKnownColumnsAsTheChampionDid()
    {
        var model = WarmStart.From(Old with { UserInputDim = 5, ItemInputDim = 3 }, Champion, Origins(2, -1, 0, 1, -1), Origins(0, 1, -1), seed: 9);

        var (before, after) = (new SparseRows(3), new SparseRows(5));
        before.Add([0, 1, 2], [0.5f, 1, 2]);
        after.Add([2, 3, 0], [0.5f, 1, 2]); // the same columns at their new places
        Assert.Equal(Champion.User.Embed(before, 0, CancellationToken.None), model.User.Embed(after, 0, CancellationToken.None));
        Assert.Contains(model.User.Skip.AsSpan(2, 2).ToArray(), x => x != 0); // the new column 1 has weights of its own
    }

    [Fact]
    public void From_ColumnStandardisedOtherwise_EmbedsTheSameRawNumberAsTheChampionDid()
    {
        // raw 7: the champion saw (7 - 1) / 2 = 3, now it is (7 - 4) / 3 = 1, and 3 = 1.5 · 1 + 1.5
        var model = WarmStart.From(Old, Champion, [new(0), new(1, Scale: 1.5f, Shift: 1.5f), new(2)], Origins(0, 1), seed: 9);

        var (before, after) = (new SparseRows(3), new SparseRows(3));
        before.Add([0, 1], [0.5f, 3]);
        after.Add([0, 1], [0.5f, 1]);
        var expected = Champion.User.Embed(before, 0, CancellationToken.None);
        Assert.Equal(expected, model.User.Embed(after, 0, CancellationToken.None), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void From_OtherLayersOrColumns_Throws()
    {
        Assert.Throws<ArgumentException>(() => WarmStart.From(Old with { HiddenDim = 5 }, Champion, Origins(0, 1, 2), Origins(0, 1), 1));
        Assert.Contains(
            "user tower, column 1: origin 3, expected -1 to 2",
            Assert.Throws<ArgumentException>(() => WarmStart.From(Old, Champion, Origins(0, 3, 2), Origins(0, 1), 1)).Message,
            StringComparison.Ordinal);
    }

    private static ColumnOrigin[] Origins(params int[] columns) => [.. columns.Select(column => new ColumnOrigin(column))];
}

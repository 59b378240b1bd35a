using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Tests.Model;

public sealed class TowerTests
{
    [Theory]
    [InlineData(0, 5, true, 3)]
    [InlineData(7, 5, false, 40)]
    [InlineData(70, 33, true, 200)]
    [InlineData(256, 128, true, 130)]
    public void Embed_AnyShapeAndLevel_AgreesWithPlainLoops(int hidden, int dim, bool skip, int rows)
    {
        var tower = RandomTower(new(60, hidden, dim, skip));
        var input = RandomRows(60, rows);
        var expected = new float[rows * dim];
        for (var r = 0; r < rows; r++)
            TowerReference.Embed(tower, input.RowIndices(r), input.RowValues(r), expected.AsSpan(r * dim, dim));

        foreach (var level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
        {
            var actual = new float[rows * dim];
            TowerForward.Embed(tower, input, 0, rows, actual, 2, level, CancellationToken.None);
            for (var k = 0; k < expected.Length; k++)
                Assert.Equal(expected[k], actual[k], 2e-6);
        }
    }

    [Fact]
    public void Embed_OneRowOrAllOrThreads_SameBits()
    {
        var tower = RandomTower(new(900, 40, 16, true));
        var input = RandomRows(900, 500);
        var all = tower.Embed(input, 1, CancellationToken.None);
        Assert.Equal(all, tower.Embed(input, 3, CancellationToken.None));
        var one = new float[16];
        tower.Embed(input, 321, 1, one, 0, CancellationToken.None);
        Assert.Equal(all[(321 * 16)..(322 * 16)], one);
    }

    [Fact]
    public void Embed_WorkedExample_GivesHandComputedUnitVector()
    {
        // x = (1, 2); h = relu(1·1 + 2·1 + 1) = 4; y = 4·(1, 0) + skip (0, 1·1 + 2·1) + b2 (0, 0) = (4, 3); ‖y‖ = 5
        var tower = new Tower(new(2, 1, 2, true));
        float[] w1 = [1, 1], w2 = [1, 0], skip = [0, 1, 0, 1];
        (tower.B1[0], tower.W1[0], tower.W1[1]) = (1, w1[0], w1[1]);
        w2.CopyTo(tower.W2, 0);
        skip.CopyTo(tower.Skip, 0);
        var rows = new SparseRows(2);
        rows.Add([0, 1], [1, 2]);

        Assert.Equal([0.8f, 0.6f], tower.Embed(rows, 0, CancellationToken.None));
    }

    [Fact]
    public void Embed_EmptyRowWithoutBias_GivesZeros()
    {
        var tower = RandomTower(new(4, 3, 2, true));
        Array.Clear(tower.B1);
        Array.Clear(tower.B2);
        var rows = new SparseRows(4);
        rows.Add([], []);
        Assert.Equal([0f, 0f], tower.Embed(rows, 0, CancellationToken.None));
    }

    [Fact]
    public void Embed_RowsOutside_Throws()
    {
        var tower = new Tower(new(4, 3, 2, true));
        Assert.Throws<ArgumentException>(() => tower.Embed(RandomRows(4, 2), 1, 2, new float[4], 0, CancellationToken.None));
        Assert.Throws<ArgumentException>(() => tower.Embed(RandomRows(5, 2), 0, 2, new float[4], 0, CancellationToken.None));
        Assert.Throws<ArgumentException>(() => tower.Embed(RandomRows(4, 2), 0, 2, new float[3], 0, CancellationToken.None));
    }

    [Fact]
    public void Embed_Cancelled_EmbedsNothing()
    {
        var embeddings = new float[1000 * 2];
        Assert.ThrowsAny<OperationCanceledException>(() => RandomTower(new(4, 3, 2, true))
            .Embed(RandomRows(4, 1000), 0, 1000, embeddings, 0, new CancellationToken(canceled: true)));
        Assert.All(embeddings, value => Assert.Equal(0, value));
    }

    private static Tower RandomTower(TowerShape shape)
    {
        var tower = new Tower(shape);
        var random = new Random(5);
        foreach (var tensor in tower.Tensors("t"))
        {
            for (var k = 0; k < tensor.Values.Length; k++)
                tensor.Values[k] = (float)(random.NextDouble() - 0.5);
        }

        return tower;
    }

    private static SparseRows RandomRows(int columns, int count)
    {
        var (rows, random) = (new SparseRows(columns), new Random(9));
        for (var r = 0; r < count; r++)
        {
            int[] picked = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(columns)).Distinct()];
            rows.Add(picked, [.. picked.Select(_ => (float)random.NextDouble())]);
        }

        return rows;
    }
}

using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class ColumnIndexTests
{
    [Theory]
    [InlineData(1, 3)]
    [InlineData(3, 40)]
    public void Build_RandomRows_ListsEachColumnInOrderOfRow(int threads, int count)
    {
        using var team = new WorkTeam(threads);
        var index = new ColumnIndex(11);
        foreach (var seed in new[] { 1, 2 }) // the second build reuses the buffers
        {
            var (rows, random) = (new SparseRows(11), new Random(seed));
            for (var r = 0; r < count; r++)
            {
                int[] columns = [.. Enumerable.Range(0, 11).Where(_ => random.Next(3) == 0)];
                rows.Add(columns, [.. columns.Select(c => (r * 100f) + c)]);
            }

            index.Build(rows, team);

            for (var c = 0; c < 11; c++)
            {
                var expected = Enumerable.Range(0, count).Where(r => rows.RowIndices(r).Contains(c)).ToArray();
                var first = index.Offsets[c];
                Assert.Equal(expected, Enumerable.Range(first, expected.Length).Select(k => index.Rows[2 * k]));
                Assert.Equal(expected.Length, index.Offsets[c + 1] - index.Offsets[c]);
                Assert.Equal(expected.Select(r => (r * 100f) + c), Enumerable.Range(first, expected.Length).Select(k => index.Values[2 * k]));
            }
        }
    }
}

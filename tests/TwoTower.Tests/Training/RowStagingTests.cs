using TwoTower.Model;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class RowStagingTests
{
    [Fact]
    public void Take_IdDropout_HidesOnlyIdColumnsOfTheAskedShare()
    {
        var rows = Rows(2000);
        var staging = new RowStaging(6, 0, 2..4, 0.25);

        staging.Take(rows, [.. Enumerable.Range(0, 2000)], key: 5);

        var hidden = 0;
        for (var r = 0; r < 2000; r++)
        {
            var columns = staging.Rows.RowIndices(r).ToArray();
            Assert.Contains(0, columns);
            Assert.Contains(5, columns);
            Assert.True(columns.Contains(2) == columns.Contains(3), "an identity is hidden whole");
            hidden += columns.Contains(2) ? 0 : 1;
        }

        Assert.Equal(0.25, hidden / 2000.0, 0.04); // standard error 0.01
    }

    [Fact]
    public void Take_IdDropout_DependsOnTheItemAndNotOnItsPlace()
    {
        var (first, second) = (new RowStaging(6, 0, 2..4, 0.5), new RowStaging(6, 0, 2..4, 0.5));
        first.Take(Rows(50), [7, 8, 9], key: 5);
        second.Take(Rows(50), [9, 7], key: 5);
        Assert.Equal(first.Rows.RowIndices(2).ToArray(), second.Rows.RowIndices(0).ToArray());
        Assert.Equal(first.Rows.RowIndices(0).ToArray(), second.Rows.RowIndices(1).ToArray());
    }

    [Fact]
    public void TakeAll_InputDropout_KeepsTheMean()
    {
        var staging = new RowStaging(6, 0.2, 0..0, 0);
        staging.TakeAll(Rows(5000), key: 3);
        Assert.Equal(0.8, staging.Rows.NonZeros / 20_000.0, 0.015); // standard error 0.003
        Assert.All(staging.Rows.Values.ToArray(), value => Assert.Equal(1.25f, value, 6));
    }

    [Fact]
    public void Take_NoDropout_CopiesRows()
    {
        var staging = new RowStaging(6, 0, 2..4, 0);
        staging.Take(Rows(3), [1, 1], key: 5);
        Assert.Equal([0, 2, 3, 5, 0, 2, 3, 5], staging.Rows.Indices.ToArray());
    }

    private static SparseRows Rows(int count)
    {
        var rows = new SparseRows(6);
        for (var r = 0; r < count; r++)
            rows.Add([0, 2, 3, 5], [1, 1, 1, 1]);
        return rows;
    }
}

using TwoTower.Model;

namespace TwoTower.Tests.Model;

public sealed class SparseRowsTests
{
    [Fact]
    public void Add_TwoRows_ReadsBackBoth()
    {
        var rows = new SparseRows(5);
        rows.Add([1, 4], [0.5f, 2f]);
        rows.Add([0], [3f]);

        var dense = new float[5];
        rows.CopyRowTo(0, dense);

        Assert.Equal([0, 0.5f, 0, 0, 2f], dense);
        Assert.Equal([0, 2, 3], rows.Offsets.ToArray());
        Assert.Equal([0], rows.RowIndices(1).ToArray());
    }

    [Fact]
    public void Add_ColumnOutside_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => new SparseRows(3).Add([3], [1f]));
        Assert.Contains("column 3, expected 0 to 2", error.Message, StringComparison.Ordinal);
    }
}

namespace TwoTower.Model;

/// <summary>Narrows a tower to the input columns that some rows use; the embeddings of those rows stay the same, bit for bit.</summary>
internal static class UsedColumns
{
    /// <param name="tower">Full width.</param>
    /// <param name="rows">Full width.</param>
    /// <param name="start">First row.</param>
    /// <param name="count">Rows to keep.</param>
    /// <param name="narrowed">Those rows over the columns that they use.</param>
    public static Tower Restrict(Tower tower, SparseRows rows, int start, int count, out SparseRows narrowed)
    {
        var offsets = rows.Offsets;
        var indices = rows.Indices[offsets[start]..offsets[start + count]];
        int[] used = [.. new SortedSet<int>(indices.ToArray())];
        narrowed = new SparseRows(Math.Max(1, used.Length));
        var places = new int[indices.Length];
        for (var k = 0; k < indices.Length; k++)
            places[k] = Array.BinarySearch(used, indices[k]);
        for (var row = start; row < start + count; row++)
            narrowed.AddUnchecked(places.AsSpan(offsets[row] - offsets[start], offsets[row + 1] - offsets[row]), rows.RowValues(row));

        var small = new Tower(tower.Shape with { InputDim = narrowed.Columns });
        CopyRows(tower.W1, small.W1, used, tower.Shape.HiddenDim);
        CopyRows(tower.Skip, small.Skip, used, tower.Shape.LinearSkip ? tower.Shape.EmbeddingDim : 0);
        tower.B1.CopyTo(small.B1, 0);
        tower.W2.CopyTo(small.W2, 0);
        tower.B2.CopyTo(small.B2, 0);
        return small;
    }

    private static void CopyRows(float[] source, float[] target, int[] rows, int width)
    {
        for (var r = 0; r < rows.Length; r++)
            source.AsSpan(rows[r] * width, width).CopyTo(target.AsSpan(r * width));
    }
}

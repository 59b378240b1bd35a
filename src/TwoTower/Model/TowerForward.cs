namespace TwoTower.Model;

/// <summary>Embeds many rows.</summary>
internal static class TowerForward
{
    public static void Embed(Tower tower, SparseRows rows, int start, int count, Span<float> embeddings, int threads)
    {
        var dim = tower.Shape.EmbeddingDim;
        if (rows.Columns != tower.Shape.InputDim)
            throw new ArgumentException($"rows of {rows.Columns} columns, expected {tower.Shape.InputDim}");
        if (start < 0 || count < 0 || start + count > rows.Rows)
            throw new ArgumentException($"rows {start} to {start + count}, expected a part of 0 to {rows.Rows}");
        if (embeddings.Length < (long)count * dim)
            throw new ArgumentException($"room for {embeddings.Length} values, expected {(long)count * dim}");
        _ = threads;
        for (var r = 0; r < count; r++)
            TowerReference.Embed(tower, rows.RowIndices(start + r), rows.RowValues(start + r), embeddings.Slice(r * dim, dim));
    }
}

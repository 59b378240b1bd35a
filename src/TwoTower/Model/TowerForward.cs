using TwoTower.Kernels;
using TwoTower.Training;

namespace TwoTower.Model;

/// <summary>Embeds many rows with the training kernels, some hundreds at a time.</summary>
internal static unsafe class TowerForward
{
    /// <summary>Rows at a time for each thread: what lies between the layers stays in its cache.</summary>
    private const int ChunkOfThread = 256;

    public static void Embed(
        Tower tower, SparseRows rows, int start, int count, Span<float> embeddings, int threads, SimdLevel level,
        CancellationToken cancellationToken)
    {
        var dim = tower.Shape.EmbeddingDim;
        if (rows.Columns != tower.Shape.InputDim)
            throw new ArgumentException($"rows of {rows.Columns} columns, expected {tower.Shape.InputDim}");
        if (start < 0 || count < 0 || start + count > rows.Rows)
            throw new ArgumentException($"rows {start} to {start + count}, expected a part of 0 to {rows.Rows}");
        if (embeddings.Length < (long)count * dim)
            throw new ArgumentException($"room for {embeddings.Length} values, expected {(long)count * dim}");

        using var team = new WorkTeam(count <= TowerPass.RowBlock ? 1 : threads);
        fixed (float* hidden = tower.W1, skip = tower.Skip)
        {
            var weights = new TowerWeights(tower.Shape, FirstLayer.InPlace);
            if (TowerWeights.CanReadInPlace(tower.Shape))
            {
                weights.ReadFrom(tower, hidden, skip);
            }
            else
            {
                // Few values touch few columns: packing those alone is cheaper than packing the whole first layer.
                if (rows.Offsets[start + count] - rows.Offsets[start] < rows.Columns / 4)
                    (tower, rows, start) = (UsedColumns.Restrict(tower, rows, start, count, out var used), used, 0);
                weights = new TowerWeights(tower.Shape, FirstLayer.Packed);
                weights.Load(tower, parameter => parameter.Weight);
            }

            Embed(new TowerPass(weights, level, team), rows, start, count, embeddings, ChunkOfThread * team.Size, cancellationToken);
        }
    }

    private static void Embed(
        TowerPass pass, SparseRows rows, int start, int count, Span<float> embeddings, int chunk, CancellationToken cancellationToken)
    {
        var dim = pass.Weights.Shape.EmbeddingDim;
        for (var first = 0; first < count; first += chunk)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var part = Math.Min(chunk, count - first);
            pass.Run(rows, start + first, part, DropoutMask.None);
            pass.Embeddings.Span[..(part * dim)].CopyTo(embeddings[(first * dim)..]);
        }
    }
}

using TwoTower.Kernels;
using TwoTower.Model;

namespace Benchmarks;

/// <summary>Recall of the held-out item over the whole catalogue.</summary>
internal static unsafe class Ranking
{
    private const int Block = 64;

    /// <summary>Share of the first users whose held-out item is among their 100 best; nothing is left out of the ranking.</summary>
    public static double RecallAt100(TwoTowerModel model, SpeedData data, int users, int threads)
    {
        var (dim, items) = (model.Shape.EmbeddingDim, data.Items.Rows);
        var itemEmbeddings = new FloatBuffer((long)items * dim);
        model.Item.Embed(data.Items, 0, items, itemEmbeddings.Span, threads, CancellationToken.None);
        var userEmbeddings = new FloatBuffer((long)users * dim);
        model.User.Embed(data.Users, 0, users, userEmbeddings.Span, threads, CancellationToken.None);
        var panels = new PackedPanels();
        panels.PackAll(dim, items, itemEmbeddings.Pointer, 1, dim);

        var (hits, scores) = (0, new FloatBuffer((long)Block * items));
        for (var first = 0; first < users; first += Block)
        {
            var count = Math.Min(Block, users - first);
            Gemm.Multiply(Simd.Best, count, userEmbeddings.Pointer + ((long)first * dim), dim, 1, panels, scores.Pointer, items);
            for (var r = 0; r < count; r++)
            {
                var row = new ReadOnlySpan<float>(scores.Pointer + ((long)r * items), items);
                var own = row[data.HeldOut[first + r]];
                var better = 0;
                foreach (var score in row)
                    better += score > own ? 1 : 0;
                hits += better < 100 ? 1 : 0;
            }
        }

        return (double)hits / users;
    }
}

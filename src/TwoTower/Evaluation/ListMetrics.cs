using System.Numerics.Tensors;

namespace TwoTower.Evaluation;

/// <summary>What one list is like, whether or not it hits.</summary>
public static class ListMetrics
{
    /// <summary>Mean self-information in bits of the first k: −log2 of the share of training users who chose the item.</summary>
    /// <param name="ranked">Item indices, best first.</param>
    /// <param name="counts">Per item its training positives; 0 is taken as 1.</param>
    /// <param name="users">Training users, at least 1.</param>
    /// <param name="k">Cut-off.</param>
    /// <remarks>Vargas, Castells: Rank and Relevance in Novelty and Diversity Metrics, RecSys 2011.</remarks>
    public static double Novelty(ReadOnlySpan<int> ranked, ReadOnlySpan<int> counts, int users, int k)
    {
        var sum = 0.0;
        var first = ranked[..Math.Min(k, ranked.Length)];
        foreach (var item in first)
            sum -= Math.Log2((double)Math.Max(1, counts[item]) / Math.Max(1, users));
        return sum / first.Length;
    }

    /// <summary>Mean popularity of the first k: training positives over those of the most popular item, in [0, 1]. 1 is nothing but the favourite.</summary>
    public static double Popularity(ReadOnlySpan<int> ranked, ReadOnlySpan<int> counts, int maxCount, int k)
    {
        var sum = 0.0;
        var first = ranked[..Math.Min(k, ranked.Length)];
        foreach (var item in first)
            sum += (double)counts[item] / Math.Max(1, maxCount);
        return sum / first.Length;
    }

    /// <summary>Intra-list diversity of the first k: 1 − mean cosine over all pairs, in [0, 2]; NaN for fewer than two items.</summary>
    /// <param name="ranked">Item indices, best first.</param>
    /// <param name="vectors">Row-major [items, dim], unit norm.</param>
    /// <param name="dim">Width of a vector.</param>
    /// <param name="k">Cut-off.</param>
    public static double Diversity(ReadOnlySpan<int> ranked, ReadOnlySpan<float> vectors, int dim, int k)
    {
        var first = ranked[..Math.Min(k, ranked.Length)];
        var sum = 0.0;
        for (var a = 1; a < first.Length; a++)
        {
            for (var b = 0; b < a; b++)
                sum += TensorPrimitives.Dot(vectors.Slice(first[a] * dim, dim), vectors.Slice(first[b] * dim, dim));
        }

        return first.Length < 2 ? double.NaN : 1 - sum / (first.Length * (first.Length - 1) / 2.0);
    }
}

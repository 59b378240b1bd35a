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

    /// <summary>Intra-list diversity of the first k: 1 − mean Jaccard similarity of attributes over all pairs, in [0, 1]; NaN for fewer than two items.</summary>
    /// <param name="ranked">Item indices, best first.</param>
    /// <param name="attributes">Per item its attributes (tags, performers) by number; two items without any are not alike.</param>
    /// <param name="k">Cut-off.</param>
    public static double Diversity(ReadOnlySpan<int> ranked, ItemSets attributes, int k)
    {
        var first = ranked[..Math.Min(k, ranked.Length)];
        var sum = 0.0;
        for (var a = 1; a < first.Length; a++)
        {
            for (var b = 0; b < a; b++)
                sum += Jaccard(attributes[first[a]], attributes[first[b]]);
        }

        return first.Length < 2 ? double.NaN : 1 - sum / (first.Length * (first.Length - 1) / 2.0);
    }

    private static double Jaccard(ReadOnlySpan<int> one, ReadOnlySpan<int> other)
    {
        int a = 0, b = 0, common = 0;
        while (a < one.Length && b < other.Length)
        {
            var order = one[a].CompareTo(other[b]);
            common += order == 0 ? 1 : 0;
            a += order <= 0 ? 1 : 0;
            b += order >= 0 ? 1 : 0;
        }

        return common == 0 ? 0 : (double)common / (one.Length + other.Length - common);
    }
}

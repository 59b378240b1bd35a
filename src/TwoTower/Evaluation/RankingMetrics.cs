namespace TwoTower.Evaluation;

/// <summary>Metrics of one ranked list, binary relevance. A list may be shorter than k; what is missing counts as a miss.</summary>
public static class RankingMetrics
{
    /// <summary>Marks which of the ranked items are targets.</summary>
    /// <param name="ranked">Item indices, best first.</param>
    /// <param name="targets">Ascending.</param>
    /// <param name="hits">As long as <paramref name="ranked"/>; overwritten.</param>
    public static void MarkHits(ReadOnlySpan<int> ranked, ReadOnlySpan<int> targets, Span<bool> hits)
    {
        for (var rank = 0; rank < ranked.Length; rank++)
            hits[rank] = targets.BinarySearch(ranked[rank]) >= 0;
    }

    /// <summary>Hits in the first k over the number of targets, in [0, 1].</summary>
    public static double Recall(ReadOnlySpan<bool> hits, int targets, int k) => (double)Hits(hits, k) / targets;

    /// <summary>Hits in the first k over k, in [0, 1].</summary>
    public static double Precision(ReadOnlySpan<bool> hits, int k) => (double)Hits(hits, k) / k;

    /// <summary>Precision at each hit of the first k, summed, over min(k, targets).</summary>
    public static double AveragePrecision(ReadOnlySpan<bool> hits, int targets, int k)
    {
        var found = 0;
        var sum = 0.0;
        for (var rank = 0; rank < Math.Min(k, hits.Length); rank++)
        {
            if (hits[rank])
                sum += (double)++found / (rank + 1);
        }

        return sum / Math.Min(k, targets);
    }

    /// <summary>Discounted gain 1 / log2(rank + 1), ranks from 1, over that of min(k, targets) hits at the top.</summary>
    public static double Ndcg(ReadOnlySpan<bool> hits, int targets, int k)
    {
        double gain = 0, ideal = 0;
        for (var rank = 0; rank < k; rank++)
        {
            var discount = 1 / Math.Log2(rank + 2);
            if (rank < hits.Length && hits[rank])
                gain += discount;
            if (rank < targets)
                ideal += discount;
        }

        return gain / ideal;
    }

    /// <summary>1 / rank of the first hit among the first k; 0 without one.</summary>
    public static double ReciprocalRank(ReadOnlySpan<bool> hits, int k)
    {
        var first = hits[..Math.Min(k, hits.Length)].IndexOf(true);
        return first < 0 ? 0 : 1.0 / (first + 1);
    }

    private static int Hits(ReadOnlySpan<bool> hits, int k) => hits[..Math.Min(k, hits.Length)].Count(true);
}

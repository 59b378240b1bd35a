namespace TwoTower.Evaluation;

/// <summary>Scores ranked lists against held-out targets, user by user.</summary>
public sealed class RankingEvaluator
{
    /// <summary>Cut-offs, each at least 1.</summary>
    public required IReadOnlyList<int> Ks { get; init; }

    /// <summary>Names of the metrics of one user: <c>recall@k, precision@k, map@k, ndcg@k, mrr@k</c> for each k.</summary>
    public IReadOnlyList<string> Names =>
        [.. from metric in (string[])["recall", "precision", "map", "ndcg", "mrr"] from k in Ks select $"{metric}@{k}"];

    /// <param name="lists">At least as long as the largest cut-off.</param>
    /// <param name="targets">Per user the held-out positives; users without any get NaN.</param>
    /// <exception cref="ArgumentException">The sizes differ or the lists are too short.</exception>
    public UserMetrics Evaluate(RankedLists lists, ItemSets targets)
    {
        if (targets.Users != lists.Users)
            throw new ArgumentException($"targets of {targets.Users} users, expected {lists.Users}");
        if (Ks.Max() > lists.K)
            throw new ArgumentException($"lists of {lists.K} items, expected at least {Ks.Max()}");

        var metrics = new UserMetrics(Names, lists.Users);
        Parallel.For(
            0, lists.Users,
            () => new bool[lists.K],
            (user, _, hits) =>
            {
                var ranked = lists.Items(user);
                RankingMetrics.MarkHits(ranked, targets[user], hits);
                for (var place = 0; place < Ks.Count; place++)
                    Fill(metrics, user, hits.AsSpan(0, ranked.Length), targets[user].Length, place);
                return hits;
            },
            static _ => { });
        return metrics;
    }

    /// <param name="place">Of the cut-off; the columns stand in the order of <see cref="Names"/>.</param>
    private void Fill(UserMetrics metrics, int user, ReadOnlySpan<bool> hits, int targets, int place)
    {
        var (k, count, defined) = (Ks[place], Ks.Count, targets > 0);
        metrics.Column(place)[user] = defined ? RankingMetrics.Recall(hits, targets, k) : double.NaN;
        metrics.Column(count + place)[user] = defined ? RankingMetrics.Precision(hits, k) : double.NaN;
        metrics.Column((2 * count) + place)[user] = defined ? RankingMetrics.AveragePrecision(hits, targets, k) : double.NaN;
        metrics.Column((3 * count) + place)[user] = defined ? RankingMetrics.Ndcg(hits, targets, k) : double.NaN;
        metrics.Column((4 * count) + place)[user] = defined ? RankingMetrics.ReciprocalRank(hits, k) : double.NaN;
    }
}

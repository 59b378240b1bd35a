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
        var hits = new bool[lists.K];
        for (var user = 0; user < lists.Users; user++)
        {
            var ranked = lists.Items(user);
            RankingMetrics.MarkHits(ranked, targets[user], hits);
            foreach (var k in Ks)
                Fill(metrics, user, hits.AsSpan(0, ranked.Length), targets[user].Length, k);
        }

        return metrics;
    }

    private static void Fill(UserMetrics metrics, int user, ReadOnlySpan<bool> hits, int targets, int k)
    {
        var defined = targets > 0;
        metrics[$"recall@{k}"][user] = defined ? RankingMetrics.Recall(hits, targets, k) : double.NaN;
        metrics[$"precision@{k}"][user] = defined ? RankingMetrics.Precision(hits, k) : double.NaN;
        metrics[$"map@{k}"][user] = defined ? RankingMetrics.AveragePrecision(hits, targets, k) : double.NaN;
        metrics[$"ndcg@{k}"][user] = defined ? RankingMetrics.Ndcg(hits, targets, k) : double.NaN;
        metrics[$"mrr@{k}"][user] = defined ? RankingMetrics.ReciprocalRank(hits, k) : double.NaN;
    }
}

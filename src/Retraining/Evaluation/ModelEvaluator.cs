using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Ranks the whole catalogue for the users of a held-out part and measures the lists.</summary>
/// <param name="settings">Cut-offs; their smallest is also that of the list metrics.</param>
/// <param name="part">Users, histories and targets.</param>
/// <param name="candidates">Per item whether it may be recommended.</param>
/// <param name="popularity">Per item its training likes.</param>
/// <param name="attributes">Per item its tags and performers by number, for diversity.</param>
internal sealed class ModelEvaluator(EvaluationSettings settings, HeldOutPart part, bool[] candidates, int[] popularity, ItemSets attributes)
{
    private readonly int _k = settings.Ks.Min();
    private readonly int _mostPopular = Math.Max(1, popularity.DefaultIfEmpty().Max());
    private readonly int _likers = Math.Max(1, part.Log.Users);

    /// <summary>Per user the targets that are cold items.</summary>
    public ItemSets ColdTargets { get; } = ItemSets.From(Enumerable.Range(0, part.Count)
        .Select(user => part.Targets[user].ToArray().Where(item => popularity[item] <= settings.ColdItemLikes)));

    public ModelQuality Evaluate(IItemScorer scorer, CancellationToken cancellationToken)
    {
        var lists = new FullCatalogueRanker { K = settings.Ks.Max() }.Rank(scorer, part.Known, candidates, cancellationToken);
        var exposure = CatalogueMetrics.Exposure(lists, popularity.Length, _k);
        var ranking = new RankingEvaluator { Ks = settings.Ks };
        return new()
        {
            PerUser = ranking.Evaluate(lists, part.Targets).Join(ListMetricsOf(lists)),
            ColdItems = ranking.Evaluate(lists, ColdTargets),
            Catalogue = new SortedDictionary<string, double>(StringComparer.Ordinal)
            {
                [$"coverage@{_k}"] = CatalogueMetrics.Coverage(exposure, candidates),
                [$"gini@{_k}"] = CatalogueMetrics.Gini(exposure, candidates),
            },
        };
    }

    private UserMetrics ListMetricsOf(RankedLists lists)
    {
        var metrics = new UserMetrics([$"novelty@{_k}", $"popularity@{_k}", $"diversity@{_k}"], part.Count);
        for (var user = 0; user < part.Count; user++)
        {
            var ranked = lists.Items(user);
            metrics[$"novelty@{_k}"][user] = ListMetrics.Novelty(ranked, popularity, _likers, _k);
            metrics[$"popularity@{_k}"][user] = ListMetrics.Popularity(ranked, popularity, _mostPopular, _k);
            metrics[$"diversity@{_k}"][user] = ListMetrics.Diversity(ranked, attributes, _k);
        }

        return metrics;
    }
}

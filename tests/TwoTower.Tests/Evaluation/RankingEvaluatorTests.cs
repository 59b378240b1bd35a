using TwoTower.Evaluation;

namespace TwoTower.Tests.Evaluation;

public sealed class RankingEvaluatorTests
{
    [Fact]
    public void Evaluate_TwoUsers_AveragesOverThoseWithTargets()
    {
        // everyone is shown 3, 2, 1, 0 by popularity
        var lists = new FullCatalogueRanker { K = 4 }.Rank(new PopularityScorer(3, [1, 2, 3, 4]), ItemSets.Empty(3), null, CancellationToken.None);
        var targets = ItemSets.From([[3, 0], [2], []]);

        var metrics = new RankingEvaluator { Ks = [1, 4] }.Evaluate(lists, targets);

        Assert.Equal([0.5, 0, double.NaN], metrics["recall@1"].ToArray());
        Assert.Equal(0.25, metrics.Mean("recall@1"), 12);
        Assert.Equal([1, 0.5, double.NaN], metrics["mrr@4"].ToArray());
        Assert.Equal(0.75, metrics.Mean("mrr@4"), 12);
        Assert.Equal(1 / Math.Log2(3), metrics["ndcg@4"][1], 12);
        Assert.Equal((1 + 2.0 / 4) / 2, metrics["map@4"][0], 12);
    }

    [Fact]
    public void Evaluate_ListsTooShort_Throws()
    {
        var error = Assert.Throws<ArgumentException>(() => new RankingEvaluator { Ks = [10] }.Evaluate(new RankedLists(1, 5), ItemSets.Empty(1)));
        Assert.Contains("lists of 5 items, expected at least 10", error.Message, StringComparison.Ordinal);
    }
}

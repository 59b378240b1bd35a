using TwoTower.Evaluation;

namespace TwoTower.Tests.Evaluation;

public sealed class CatalogueMetricsTests
{
    [Fact]
    public void Coverage_TwoOfFourShown_IsHalf()
    {
        var lists = new FullCatalogueRanker { K = 2 }.Rank(new PopularityScorer(5, [4, 3, 2, 1]), ItemSets.Empty(5), null, CancellationToken.None);
        var exposure = CatalogueMetrics.Exposure(lists, items: 4, k: 2);

        Assert.Equal([5, 5, 0, 0], exposure);
        Assert.Equal(0.5, CatalogueMetrics.Coverage(exposure, null), 12);
        Assert.Equal(2.0 / 3, CatalogueMetrics.Coverage(exposure, [true, true, true, false]), 12);
    }

    [Fact]
    public void Gini_WorkedExamples_MatchTheFormula()
    {
        Assert.Equal(0, CatalogueMetrics.Gini([3, 3, 3], null), 12);

        // sorted 0, 0, 0, 8: (2·4 − 4 − 1)·8 / (4·8) = 3/4
        Assert.Equal(0.75, CatalogueMetrics.Gini([0, 8, 0, 0], null), 12);

        // sorted 1, 3: ((2 − 3)·1 + (4 − 3)·3) / (2·4) = 1/4
        Assert.Equal(0.25, CatalogueMetrics.Gini([3, 1], null), 12);
    }

    [Fact]
    public void Novelty_HalfAndEighth_IsMeanOfBits() =>
        // shares 4/8 and 1/8 are 1 and 3 bits
        Assert.Equal(2, ListMetrics.Novelty([0, 1], [4, 1], users: 8, k: 10), 12);

    [Fact]
    public void Popularity_RelativeToFavourite_IsMean() =>
        Assert.Equal((1 + 0.25) / 2, ListMetrics.Popularity([0, 1], [4, 1], maxCount: 4, k: 2), 12);

    [Fact]
    public void Diversity_OneThirdAlikeOthersNot_IsMeanDistance()
    {
        // Jaccard of {1, 2} and {2, 3} is 1/3; the other two pairs share nothing
        var attributes = ItemSets.From([[1, 2], [2, 3], [7]]);
        Assert.Equal(1 - (1.0 / 3 / 3), ListMetrics.Diversity([0, 1, 2], attributes, k: 3), 12);
        Assert.True(double.IsNaN(ListMetrics.Diversity([0], attributes, k: 3)));
    }
}

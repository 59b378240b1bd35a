using TwoTower.Evaluation;

namespace TwoTower.Tests.Evaluation;

public sealed class RankingMetricsTests
{
    // ranks 1 to 5; hits at ranks 2 and 4 of three targets
    private static readonly bool[] Hits = [false, true, false, true, false];

    [Fact]
    public void MarkHits_RankedItems_FindsTargets()
    {
        var hits = new bool[4];
        RankingMetrics.MarkHits([7, 3, 9, 1], [1, 3, 4], hits);
        Assert.Equal([false, true, false, true], hits);
    }

    [Fact]
    public void Recall_TwoOfThreeTargets_IsTwoThirds()
    {
        Assert.Equal(2.0 / 3, RankingMetrics.Recall(Hits, targets: 3, k: 5), 12);
        Assert.Equal(1.0 / 3, RankingMetrics.Recall(Hits, targets: 3, k: 3), 12);
    }

    [Fact]
    public void Precision_TwoHitsInFive_IsTwoFifths() => Assert.Equal(0.4, RankingMetrics.Precision(Hits, k: 5), 12);

    [Fact]
    public void Precision_ListShorterThanK_CountsMissingAsMisses() => Assert.Equal(0.2, RankingMetrics.Precision(Hits, k: 10), 12);

    [Fact]
    public void AveragePrecision_HitsAtTwoAndFour_AveragesPrecisionThere()
    {
        // (1/2 + 2/4) / min(5, 3 targets) = 1/3
        Assert.Equal(1.0 / 3, RankingMetrics.AveragePrecision(Hits, targets: 3, k: 5), 12);

        // only rank 2 is within k = 2: (1/2) / min(2, 3) = 1/4
        Assert.Equal(0.25, RankingMetrics.AveragePrecision(Hits, targets: 3, k: 2), 12);
    }

    [Fact]
    public void Ndcg_HitsAtTwoAndFour_MatchesHandComputation()
    {
        // gain = 1/log2(3) + 1/log2(5); ideal of three targets = 1 + 1/log2(3) + 1/2
        var expected = (1 / Math.Log2(3) + 1 / Math.Log2(5)) / (1 + 1 / Math.Log2(3) + 0.5);
        Assert.Equal(expected, RankingMetrics.Ndcg(Hits, targets: 3, k: 5), 12);
    }

    [Fact]
    public void Ndcg_MoreTargetsThanK_IdealIsAFullList()
    {
        // k = 2, ten targets: gain = 1/log2(3); ideal = 1 + 1/log2(3)
        var expected = 1 / Math.Log2(3) / (1 + 1 / Math.Log2(3));
        Assert.Equal(expected, RankingMetrics.Ndcg(Hits, targets: 10, k: 2), 12);
    }

    [Fact]
    public void ReciprocalRank_FirstHitAtTwo_IsHalf()
    {
        Assert.Equal(0.5, RankingMetrics.ReciprocalRank(Hits, k: 5), 12);
        Assert.Equal(0, RankingMetrics.ReciprocalRank(Hits, k: 1), 12);
    }
}

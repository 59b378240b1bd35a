using TwoTower.Evaluation;

namespace TwoTower.Tests.Evaluation;

public sealed class FullCatalogueRankerTests
{
    [Fact]
    public void Rank_RandomEmbeddings_EqualsSortingEverything()
    {
        var random = new Random(3);
        const int Users = 70, Items = 2500, Dim = 7, K = 20; // several user blocks and item blocks
        var users = Vectors(random, Users * Dim);
        var items = Vectors(random, Items * Dim);
        var histories = ItemSets.From(Enumerable.Range(0, Users).Select(_ => Enumerable.Range(0, 30).Select(_ => random.Next(Items)).ToArray()));
        var candidates = Enumerable.Range(0, Items).Select(_ => random.Next(4) > 0).ToArray();
        var scorer = new EmbeddingScorer(users, items, Dim);

        var lists = new FullCatalogueRanker { K = K }.Rank(scorer, histories, candidates, CancellationToken.None);

        var scores = new float[Items];
        for (var u = 0; u < Users; u++)
        {
            scorer.Score(u, 1, 0, Items, scores);
            var expected = Enumerable.Range(0, Items).Where(i => candidates[i] && !histories.Contains(u, i))
                .OrderByDescending(i => scores[i]).ThenBy(i => i).Take(K).ToArray();
            Assert.Equal(expected, lists.Items(u).ToArray());
            Assert.Equal(expected.Select(i => scores[i]), lists.Scores(u).ToArray());
        }
    }

    [Fact]
    public void Rank_OneAndManyThreads_GiveTheSameLists()
    {
        var random = new Random(5);
        var scorer = new EmbeddingScorer(Vectors(random, 200 * 4), Vectors(random, 1500 * 4), 4);
        var one = new FullCatalogueRanker { K = 10, Threads = 1 }.Rank(scorer, ItemSets.Empty(200), null, CancellationToken.None);
        var many = new FullCatalogueRanker { K = 10, Threads = 5 }.Rank(scorer, ItemSets.Empty(200), null, CancellationToken.None);
        for (var u = 0; u < 200; u++)
            Assert.Equal(one.Items(u).ToArray(), many.Items(u).ToArray());
    }

    [Fact]
    public void Rank_Ties_GoToTheSmallerIndex()
    {
        var lists = new FullCatalogueRanker { K = 3 }.Rank(new PopularityScorer(1, [1, 5, 1, 5, 1]), ItemSets.Empty(1), null, CancellationToken.None);
        Assert.Equal([1, 3, 0], lists.Items(0).ToArray());
    }

    [Fact]
    public void Rank_FewerItemsThanK_GivesAShortList()
    {
        var lists = new FullCatalogueRanker { K = 10 }.Rank(
            new PopularityScorer(1, [1, 2, 3]), ItemSets.From([[1]]), null, CancellationToken.None);
        Assert.Equal([2, 0], lists.Items(0).ToArray());
    }

    [Fact]
    public void Rank_Cancelled_Throws() => Assert.Throws<OperationCanceledException>(
        () => new FullCatalogueRanker { K = 1 }.Rank(new RandomScorer(1, 1, 0), ItemSets.Empty(1), null, new CancellationToken(true)));

    [Fact]
    public void EmbeddingScorer_NotANumber_NamesRowAndDimension()
    {
        var error = Assert.Throws<ArgumentException>(() => new EmbeddingScorer([0, 0], [0, 0, 0, float.NaN], 2));
        Assert.Contains("items, row 1, dimension 1: NaN", error.Message, StringComparison.Ordinal);
    }

    private static float[] Vectors(Random random, int length) =>
        [.. Enumerable.Range(0, length).Select(_ => (float)(random.NextDouble() - 0.5))];
}

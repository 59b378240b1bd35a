namespace TwoTower.Evaluation;

/// <summary>Exact best k of the whole catalogue for every user, in blocks: memory is users × k, never users × items.</summary>
public sealed class FullCatalogueRanker
{
    private const int UserBlock = 32;
    private const int ItemBlock = 1024;

    /// <summary>Length of the lists, at least 1.</summary>
    public required int K { get; init; }

    /// <summary>0 takes all cores. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <param name="scorer">Scores of all users and items.</param>
    /// <param name="excluded">Per user the items that are not recommended: the history.</param>
    /// <param name="candidates">Per item whether it may be recommended; null for all.</param>
    /// <param name="cancellationToken">Stops between blocks.</param>
    /// <exception cref="ArgumentException">The sizes differ.</exception>
    public RankedLists Rank(IItemScorer scorer, ItemSets excluded, bool[]? candidates, CancellationToken cancellationToken)
    {
        if (excluded.Users != scorer.Users)
            throw new ArgumentException($"histories of {excluded.Users} users, expected {scorer.Users}");
        if (candidates is not null && candidates.Length != scorer.Items)
            throw new ArgumentException($"candidate flags of {candidates.Length} items, expected {scorer.Items}");

        var lists = new RankedLists(scorer.Users, K);
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = Threads > 0 ? Threads : Environment.ProcessorCount,
            CancellationToken = cancellationToken,
        };
        var blocks = (scorer.Users + UserBlock - 1) / UserBlock;
        Parallel.For(
            0, blocks, options,
            () => new Workspace(K),
            (block, _, work) =>
            {
                RankBlock(scorer, excluded, candidates, block * UserBlock, work, lists);
                return work;
            },
            static _ => { });
        return lists;
    }

    private static void RankBlock(
        IItemScorer scorer, ItemSets excluded, bool[]? candidates, int firstUser, Workspace work, RankedLists lists)
    {
        var users = Math.Min(UserBlock, scorer.Users - firstUser);
        for (var u = 0; u < users; u++)
            work.Tops[u].Clear();

        for (var firstItem = 0; firstItem < scorer.Items; firstItem += ItemBlock)
        {
            var items = Math.Min(ItemBlock, scorer.Items - firstItem);
            var scores = work.Scores.AsSpan(0, users * items);
            scorer.Score(firstUser, users, firstItem, items, scores);
            for (var u = 0; u < users; u++)
                Offer(work.Tops[u], scores.Slice(u * items, items), firstItem, excluded[firstUser + u], candidates);
        }

        for (var u = 0; u < users; u++)
        {
            work.Tops[u].Take(out var items, out var scores);
            lists.Set(firstUser + u, items, scores);
        }
    }

    private static void Offer(TopItems top, ReadOnlySpan<float> scores, int firstItem, ReadOnlySpan<int> excluded, bool[]? candidates)
    {
        var next = excluded.BinarySearch(firstItem);
        next = next < 0 ? ~next : next;
        for (var i = 0; i < scores.Length; i++)
        {
            var item = firstItem + i;
            if (next < excluded.Length && excluded[next] == item)
            {
                next++;
                continue;
            }

            // items come in ascending order, so a tie with the worst kept item never gets in
            if (scores[i] > top.Threshold && (candidates is null || candidates[item]))
                top.Offer(item, scores[i]);
        }
    }

    private sealed class Workspace(int k)
    {
        public float[] Scores { get; } = new float[UserBlock * ItemBlock];

        public TopItems[] Tops { get; } = [.. Enumerable.Range(0, UserBlock).Select(_ => new TopItems(k))];
    }
}

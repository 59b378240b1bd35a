using Retraining.Dataset;
using Retraining.Features;
using TwoTower.Evaluation;
using TwoTower.Model;

namespace Retraining.Evaluation;

/// <summary>Users with something to find: what each knew, and what each came to like afterwards.</summary>
internal sealed record HeldOutPart
{
    private const int EmbedBlock = 16_384;

    public required InteractionLog Log { get; init; }

    /// <summary>User indices in <see cref="Log"/>, ascending.</summary>
    public required int[] Users { get; init; }

    /// <summary>Per user the index of the first event that is not known.</summary>
    public required int[] HistoryEnd { get; init; }

    /// <summary>Per user the moment that features are computed for: unix milliseconds.</summary>
    public required long[] AsOf { get; init; }

    /// <summary>Per user the items that are not recommended: all that were decided in the history.</summary>
    public required ItemSets Known { get; init; }

    /// <summary>Per user the items to find, at least one.</summary>
    public required ItemSets Targets { get; init; }

    /// <summary>Per user the likes in the history.</summary>
    public required int[] Likes { get; init; }

    public int Count => Users.Length;

    /// <summary>What early stopping looks at.</summary>
    /// <param name="candidates">Per item whether it may be recommended; other targets are left out.</param>
    /// <param name="mostUsers">More users are thinned evenly.</param>
    public static HeldOutPart Validation(InteractionLog log, TimeSplit split, bool[] candidates, int mostUsers) =>
        Of(log, split.ValidationStart, split.ValidationTargets, candidates, mostUsers);

    /// <summary>What the gate looks at.</summary>
    /// <inheritdoc cref="Validation"/>
    public static HeldOutPart HoldOut(InteractionLog log, TimeSplit split, bool[] candidates) =>
        Of(log, split.HoldOutStart, split.HoldOutTargets, candidates, int.MaxValue);

    /// <param name="historyEnds">For every user of the log.</param>
    /// <param name="targets">For every user of the log; those without any are left out.</param>
    public static HeldOutPart Of(
        InteractionLog log, int[] historyEnds, Func<int, IEnumerable<int>> targets, bool[] candidates, int mostUsers)
    {
        var wanted = Enumerable.Range(0, log.Users).Select(user => targets(user).Where(item => candidates[item]).ToArray()).ToArray();
        var users = Thin([.. Enumerable.Range(0, log.Users).Where(user => wanted[user].Length > 0)], mostUsers);
        int[] ends = [.. users.Select(user => historyEnds[user])];
        return new()
        {
            Log = log,
            Users = users,
            HistoryEnd = ends,
            AsOf = [.. users.Select(user => AsOfFirst(log, user, historyEnds[user]))],
            Known = ItemSets.From(users.Select(user => log.Item[log.Offsets[user]..historyEnds[user]])),
            Targets = ItemSets.From(users.Select(user => wanted[user])),
            Likes = [.. users.Select(user => log.Positive[log.Offsets[user]..historyEnds[user]].Count(positive => positive))],
        };
    }

    /// <summary>Feature rows of the users as they were at the end of their history.</summary>
    public SparseRows Rows(FeatureSpec spec, Catalogue catalogue) => Rows(new(spec, catalogue, Log), 0, Count);

    /// <summary>
    /// Embeddings of the users as they were at the end of their history, [users, dim]. All their features are never there at once.
    /// </summary>
    /// <param name="tower">Row-major [rows, dim] for some rows.</param>
    public float[] Embed(FeatureSpec spec, Catalogue catalogue, Func<SparseRows, float[]> tower)
    {
        var vectorizer = new HistoryVectorizer(spec, catalogue, Log);
        var embeddings = Array.Empty<float>();
        for (var first = 0; first < Count; first += EmbedBlock)
        {
            var rows = Rows(vectorizer, first, Math.Min(EmbedBlock, Count - first));
            var block = tower(rows);
            if (first == 0)
                embeddings = new float[checked(Count * (block.Length / rows.Rows))];
            block.CopyTo(embeddings, first * (block.Length / rows.Rows));
        }

        return embeddings;
    }

    private SparseRows Rows(HistoryVectorizer vectorizer, int first, int count)
    {
        var rows = new SparseRows(vectorizer.Columns);
        for (var k = first; k < first + count; k++)
            vectorizer.Write(Users[k], HistoryEnd[k], AsOf[k], rows);
        return rows;
    }

    private static int[] Thin(int[] users, int most) =>
        users.Length <= most ? users : [.. Enumerable.Range(0, most).Select(k => users[(int)((long)k * users.Length / most)])];

    /// <summary>The time of the first unknown event; without one, of the last known.</summary>
    private static long AsOfFirst(InteractionLog log, int user, int end)
    {
        if (end < log.Offsets[user + 1])
            return log.Time[end];
        return end > log.Offsets[user] ? log.Time[end - 1] : 0;
    }
}

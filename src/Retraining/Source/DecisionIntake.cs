using Retraining.Dataset;

namespace Retraining.Source;

/// <summary>Checks decisions and keeps the good ones: one by one, or batches of them with no object for a row.</summary>
internal sealed class DecisionIntake(SnapshotRows rows, RowRules rules, UserPseudonyms? pseudonyms, IReadOnlyList<string> positiveDecisions)
{
    private readonly HashSet<string> _positive = new(positiveDecisions, StringComparer.Ordinal);
    private readonly Dictionary<string, string> _pseudonyms = new(StringComparer.Ordinal);

    /// <summary>Numbers of those that have a pseudonym, by what they are called in the source.</summary>
    private readonly UuidNumbers _hidden = new();

    /// <summary>Ids of videos that are in quarantine.</summary>
    public HashSet<string> QuarantinedVideos { get; } = new(StringComparer.Ordinal);

    /// <summary>Decisions for a video that is not there.</summary>
    public long Orphans { get; private set; }

    /// <summary>Usable decisions by type, before newer ones replace older ones.</summary>
    public SortedDictionary<string, long> Types { get; } = new(StringComparer.Ordinal);

    /// <returns>What is wrong with it; null when it is kept.</returns>
    public RowFault? Add(Decision decision)
    {
        if (rules.Check(decision) is { } fault)
            return fault;
        var item = rows.ItemOf(decision.VideoId);
        if (item < 0)
        {
            Orphans++;
            return QuarantinedVideos.Contains(decision.VideoId)
                ? new("video_id", decision.VideoId, "a video whose row is not itself in quarantine")
                : new("video_id", decision.VideoId, "the id of a video");
        }

        var positive = decision.Positive ?? _positive.Contains(decision.DecisionType);
        rows.Add(new(UserOf(decision.UserId), item, decision.CreatedAt.ToUnixTimeMilliseconds(), decision.Weight, positive));
        CountType(decision.DecisionType, 1);
        return null;
    }

    /// <summary>Keeps a batch's rows from <paramref name="from"/> on, up to the first that has to go through <see cref="Add(Decision)"/>.</summary>
    /// <returns>How many it kept.</returns>
    public int AddGood(DecisionBatch batch, int from)
    {
        Span<bool> positive = batch.Types.Count <= 64 ? stackalloc bool[batch.Types.Count] : new bool[batch.Types.Count];
        for (var type = 0; type < positive.Length; type++)
            positive[type] = _positive.Contains(batch.Types[type]);
        var counts = new long[positive.Length];

        var next = from;
        for (var isGood = true; isGood && next < batch.Count;)
        {
            var (first, length) = (next, Math.Min(UuidNumbers.Block, batch.Count - next));
            next += AddGood(batch, first, length, positive, counts);
            isGood = next == first + length;
        }

        for (var type = 0; type < counts.Length; type++)
            CountType(batch.Types[type], counts[type]);
        return next - from;
    }

    private int AddGood(DecisionBatch batch, int first, int length, ReadOnlySpan<bool> positive, long[] counts)
    {
        ReadOnlySpan<Guid> users = batch.Users.Span.Slice(first, length), videos = batch.Videos.Span.Slice(first, length);
        var times = batch.TimesMs.Span.Slice(first, length);
        var types = batch.TypeNumbers.Span.Slice(first, length);
        Span<int> user = stackalloc int[UuidNumbers.Block], item = stackalloc int[UuidNumbers.Block];
        if (pseudonyms is null)
            rows.UsersOf(users, user);
        else
            _hidden.Find(users, user);
        rows.ItemsOf(videos, item);
        for (var row = 0; row < length; row++)
        {
            if (types[row] < 0 || !rules.IsEventTime(times[row]) || item[row] < 0)
                return row;
            rows.Add(new(user[row] < 0 ? UserOf(users[row]) : user[row], item[row], times[row], 1f, positive[types[row]]));
            counts[types[row]]++;
        }

        return length;
    }

    private void CountType(string type, long count)
    {
        if (count > 0)
            Types[type] = Types.GetValueOrDefault(type) + count;
    }

    private int UserOf(string userId)
    {
        if (pseudonyms is null)
            return rows.UserOf(userId);
        if (!_pseudonyms.TryGetValue(userId, out var pseudonym))
            _pseudonyms[userId] = pseudonym = pseudonyms.Of(userId);
        return rows.UserOf(pseudonym);
    }

    private int UserOf(Guid userId)
    {
        var user = UserOf(userId.ToString("D"));
        if (pseudonyms is not null && _hidden.Find(userId) < 0)
            _hidden.Add(userId, user);
        return user;
    }
}

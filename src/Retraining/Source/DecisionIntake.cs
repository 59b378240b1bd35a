using Retraining.Dataset;

namespace Retraining.Source;

/// <summary>Checks decisions and keeps the good ones: one by one, or batches of them with no object for a row.</summary>
internal sealed class DecisionIntake(SnapshotRows rows, RowRules rules, UserPseudonyms? pseudonyms, IReadOnlyList<string> positiveDecisions)
{
    private readonly HashSet<string> _positive = new(positiveDecisions, StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _users = [];
    private readonly Dictionary<string, string> _pseudonyms = new(StringComparer.Ordinal);
    private readonly Dictionary<Guid, int> _items = [];

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

        _users.EnsureCapacity(rows.Users.Count);
        _items.EnsureCapacity(rows.Videos.Count);
        var decisions = batch.Rows.Span;
        var next = from;
        for (; next < decisions.Length; next++)
        {
            ref readonly var row = ref decisions[next];
            if (row.Type < 0 || !rules.IsEventTime(row.TimeMs) || ItemOf(row.Video) is not (>= 0 and var item))
                break;
            rows.Add(new(UserOf(row.User), item, row.TimeMs, 1f, positive[row.Type]));
            counts[row.Type]++;
        }

        for (var type = 0; type < counts.Length; type++)
            CountType(batch.Types[type], counts[type]);
        return next - from;
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
        if (!_users.TryGetValue(userId, out var user))
            _users[userId] = user = UserOf(userId.ToString("D"));
        return user;
    }

    private int ItemOf(Guid videoId)
    {
        if (!_items.TryGetValue(videoId, out var item))
            _items[videoId] = item = rows.ItemOf(videoId.ToString("D"));
        return item;
    }
}

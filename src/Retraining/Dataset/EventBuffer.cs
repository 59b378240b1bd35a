namespace Retraining.Dataset;

/// <summary>Decisions of a sync in order of arrival, 24 bytes each; then in that of a snapshot.</summary>
internal sealed class EventBuffer
{
    private const int FirstChunk = 1 << 10, LargestChunk = 1 << 20;

    /// <summary>All full but the newest.</summary>
    private readonly List<SnapshotEvent[]> _chunks = [];
    private SnapshotEvent[] _newest = [];
    private int _used;
    private int _before;

    public int Count => _before + _used;

    public void Add(SnapshotEvent decision)
    {
        if (_used == _newest.Length)
        {
            _before = checked(_before + _used);
            _newest = GC.AllocateUninitializedArray<SnapshotEvent>(Math.Clamp(_before, FirstChunk, LargestChunk));
            _chunks.Add(_newest);
            _used = 0;
        }

        _newest[_used++] = decision;
    }

    /// <summary>
    /// Empties the buffer into the order of (user, time, item), with one decision per pair of user and item. Users are brought together by
    /// counting, then each user's few decisions are sorted by themselves.
    /// </summary>
    /// <param name="userRank">Per user its number in the result.</param>
    /// <param name="itemRank">Per item its number in the result.</param>
    public SnapshotEvent[] Order(int[] userRank, int[] itemRank)
    {
        var events = GC.AllocateUninitializedArray<SnapshotEvent>(Count);
        var offsets = Place(events, userRank, itemRank);
        var kept = new int[userRank.Length];
        Parallel.For(0, kept.Length, user => kept[user] = Order(events.AsSpan(offsets[user], offsets[user + 1] - offsets[user])));

        var length = 0;
        for (var user = 0; user < kept.Length; user++)
        {
            events.AsSpan(offsets[user], kept[user]).CopyTo(events.AsSpan(length));
            length += kept[user];
        }

        Array.Resize(ref events, length);
        return events;
    }

    /// <returns>[users + 1]: where each user's decisions begin.</returns>
    private int[] Place(SnapshotEvent[] events, int[] userRank, int[] itemRank)
    {
        var offsets = new int[userRank.Length + 1];
        foreach (var chunk in _chunks)
        {
            foreach (ref var e in Used(chunk))
            {
                e = e with { User = userRank[e.User], Item = itemRank[e.Item] };
                offsets[e.User + 1]++;
            }
        }

        for (var user = 0; user < userRank.Length; user++)
            offsets[user + 1] += offsets[user];
        var next = offsets[..^1];
        foreach (var chunk in _chunks)
        {
            foreach (ref readonly var e in Used(chunk))
                events[next[e.User]++] = e;
        }

        _chunks.Clear();
        (_newest, _used, _before) = ([], 0, 0);
        return offsets;
    }

    private Span<SnapshotEvent> Used(SnapshotEvent[] chunk) => chunk.AsSpan(0, chunk == _newest ? _used : chunk.Length);

    /// <summary>Orders one user's decisions, those that count first.</summary>
    /// <returns>How many count.</returns>
    private static int Order(Span<SnapshotEvent> events)
    {
        events.Sort(SnapshotEvent.ByPair);
        var kept = 0;
        for (var i = 0; i < events.Length; i++)
        {
            if (i + 1 == events.Length || events[i].Item != events[i + 1].Item)
                events[kept++] = events[i];
        }

        events[..kept].Sort(SnapshotEvent.ByTime);
        return kept;
    }
}

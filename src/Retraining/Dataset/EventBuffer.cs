using System.Runtime.InteropServices;

namespace Retraining.Dataset;

/// <summary>Decisions of a sync in order of arrival, 24 bytes each; then in that of a snapshot.</summary>
internal sealed class EventBuffer
{
    private const int FirstChunk = 1 << 10, LargestChunk = 1 << 18, MostThreads = 4;

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
    /// counting, then each user's few decisions are ordered by themselves.
    /// </summary>
    /// <param name="userRank">Per user its number in the result.</param>
    /// <param name="itemRank">Per item its number in the result.</param>
    public SnapshotEvent[] Order(int[] userRank, int[] itemRank)
    {
        var events = GC.AllocateUninitializedArray<SnapshotEvent>(Count);
        var offsets = Place(events, userRank, itemRank);
        var kept = new int[userRank.Length];
        Parallel.For(
            0, kept.Length,
            () => new int[itemRank.Length],
            (user, _, seenBy) =>
            {
                kept[user] = Order(events.AsSpan(offsets[user], offsets[user + 1] - offsets[user]), seenBy);
                return seenBy;
            },
            _ => { });

        var length = 0;
        for (var user = 0; user < kept.Length; user++)
        {
            var from = offsets[user + 1] - kept[user];
            if (from != length)
                events.AsSpan(from, kept[user]).CopyTo(events.AsSpan(length));
            length += kept[user];
        }

        Array.Resize(ref events, length);
        return events;
    }

    /// <summary>
    /// Each thread takes chunks that follow one another, and puts what it finds behind what those before have of the same user. So decisions of a
    /// user stay in order of arrival, however many threads there are.
    /// </summary>
    /// <returns>[users + 1]: where each user's decisions begin.</returns>
    private int[] Place(SnapshotEvent[] events, int[] userRank, int[] itemRank)
    {
        var threads = Math.Min(MostThreads, Environment.ProcessorCount);
        var next = new int[threads][];
        Parallel.For(0, threads, thread => next[thread] = CountByUser(thread, threads, userRank));

        var offsets = new int[userRank.Length + 1];
        var placed = 0;
        for (var user = 0; user < userRank.Length; user++)
        {
            offsets[user] = placed;
            foreach (var counts in next)
                (counts[user], placed) = (placed, placed + counts[user]);
        }

        offsets[^1] = placed;
        Parallel.For(0, threads, thread =>
        {
            var places = next[thread];
            foreach (var chunk in ChunksOf(thread, threads))
            {
                foreach (ref readonly var e in Used(chunk))
                {
                    var user = userRank[e.User];
                    events[places[user]++] = e with { User = user, Item = itemRank[e.Item] };
                }
            }
        });

        _chunks.Clear();
        (_newest, _used, _before) = ([], 0, 0);
        return offsets;
    }

    private int[] CountByUser(int thread, int threads, int[] userRank)
    {
        var counts = new int[userRank.Length];
        foreach (var chunk in ChunksOf(thread, threads))
        {
            foreach (ref readonly var e in Used(chunk))
                counts[userRank[e.User]]++;
        }

        return counts;
    }

    private Span<SnapshotEvent[]> ChunksOf(int thread, int threads)
    {
        var first = _chunks.Count * thread / threads;
        return CollectionsMarshal.AsSpan(_chunks)[first..(_chunks.Count * (thread + 1) / threads)];
    }

    private Span<SnapshotEvent> Used(SnapshotEvent[] chunk) => chunk.AsSpan(0, chunk == _newest ? _used : chunk.Length);

    /// <summary>Orders one user's decisions, those that count at the end.</summary>
    /// <param name="events">At least one, unless the user has none.</param>
    /// <param name="seenBy">[items]: 1 + the last user whose decision was seen here.</param>
    /// <returns>How many count.</returns>
    private static int Order(Span<SnapshotEvent> events, int[] seenBy)
    {
        if (!IsOrdered(events)) // tables mostly grow by time
            events.Sort();
        var first = events.Length;
        for (var i = events.Length - 1; i >= 0; i--)
        {
            ref var seen = ref seenBy[events[i].Item];
            if (seen == events[i].User + 1)
                continue;
            seen = events[i].User + 1;
            events[--first] = events[i];
        }

        return events.Length - first;
    }

    private static bool IsOrdered(ReadOnlySpan<SnapshotEvent> events)
    {
        for (var i = 1; i < events.Length; i++)
        {
            if (events[i - 1].CompareTo(events[i]) > 0)
                return false;
        }

        return true;
    }
}

using System.Runtime.InteropServices;
using Retraining.Source;

namespace Retraining.Dataset;

/// <summary>The good rows of a sync, in memory: added in any order, then <see cref="Seal">sealed</see> into the order of a snapshot.</summary>
internal sealed class SnapshotRows
{
    private readonly Dictionary<string, int> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _items = new(StringComparer.Ordinal);
    private readonly List<SnapshotEvent> _events = [];

    /// <summary>Profiles; in ordinal order of the user id once sealed.</summary>
    public List<Profile> Profiles { get; } = [];

    /// <summary>Videos; in ordinal order of the id once sealed.</summary>
    public List<Video> Videos { get; } = [];

    /// <summary>Users with a profile or a decision; in ordinal order once sealed.</summary>
    public List<string> Users { get; } = [];

    /// <summary>In order of (user, time, item), one per pair of user and item, once sealed.</summary>
    public ReadOnlySpan<SnapshotEvent> Events => CollectionsMarshal.AsSpan(_events);

    /// <returns>False when there is a profile of that user.</returns>
    public bool TryAdd(Profile profile)
    {
        if (!_users.TryAdd(profile.UserId, Users.Count))
            return false;
        Users.Add(profile.UserId);
        Profiles.Add(profile);
        return true;
    }

    /// <returns>False when there is a video of that id.</returns>
    public bool TryAdd(Video video)
    {
        if (!_items.TryAdd(video.Id, Videos.Count))
            return false;
        Videos.Add(video);
        return true;
    }

    /// <summary>Adds a decision; all profiles come before, so that a user first seen here has none.</summary>
    /// <returns>False when there is no such video.</returns>
    public bool TryAdd(Decision decision, string userId, bool positive)
    {
        if (!_items.TryGetValue(decision.VideoId, out var item))
            return false;
        if (!_users.TryGetValue(userId, out var user))
        {
            _users.Add(userId, user = Users.Count);
            Users.Add(userId);
        }

        _events.Add(new SnapshotEvent(user, item, decision.CreatedAt.ToUnixTimeMilliseconds(), decision.Weight, positive));
        return true;
    }

    /// <summary>Orders everything and keeps the newest decision of a user for a video.</summary>
    /// <returns>Decisions that a newer one replaced.</returns>
    public long Seal()
    {
        var userRank = Ranks([.. Users]);
        var itemRank = Ranks([.. Videos.Select(v => v.Id)]);
        Users.Sort(StringComparer.Ordinal);
        Profiles.Sort((a, b) => string.CompareOrdinal(a.UserId, b.UserId));
        Videos.Sort((a, b) => string.CompareOrdinal(a.Id, b.Id));

        var events = CollectionsMarshal.AsSpan(_events);
        foreach (ref var e in events)
            e = e with { User = userRank[e.User], Item = itemRank[e.Item] };
        events.Sort(SnapshotEvent.ByPair);

        var kept = 0;
        for (var i = 0; i < events.Length; i++)
        {
            if (i + 1 == events.Length || events[i].User != events[i + 1].User || events[i].Item != events[i + 1].Item)
                events[kept++] = events[i];
        }

        var superseded = events.Length - kept;
        _events.RemoveRange(kept, superseded);
        CollectionsMarshal.AsSpan(_events).Sort(SnapshotEvent.ByTime);
        return superseded;
    }

    /// <summary>Position of each id in ordinal order.</summary>
    private static int[] Ranks(string[] ids)
    {
        var order = new int[ids.Length];
        for (var i = 0; i < order.Length; i++)
            order[i] = i;
        Array.Sort(ids, order, StringComparer.Ordinal);
        var ranks = new int[ids.Length];
        for (var rank = 0; rank < order.Length; rank++)
            ranks[order[rank]] = rank;
        return ranks;
    }
}

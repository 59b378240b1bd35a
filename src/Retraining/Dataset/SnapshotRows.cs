using System.Runtime.InteropServices;
using Retraining.Source;

namespace Retraining.Dataset;

/// <summary>The good rows of a sync, in memory: added in any order, then sealed into the order of a snapshot, the videos first.</summary>
internal sealed class SnapshotRows
{
    private readonly IdNumbers _users = new();
    private readonly IdNumbers _items = new();
    private readonly EventBuffer _pending = new();
    private SnapshotEvent[] _events = [];

    /// <summary>Per video by its number: where it is.</summary>
    private int[] _itemRank = [];

    /// <summary>Profiles; in ordinal order of the user id once sealed.</summary>
    public List<Profile> Profiles { get; } = [];

    /// <summary>Videos; in ordinal order of the id once sealed.</summary>
    public List<VideoRow> Videos { get; } = [];

    /// <summary>Texts of the videos.</summary>
    public ByteStore Texts { get; } = new();

    /// <summary>Users with a profile or a decision; in ordinal order once sealed.</summary>
    public List<string> Users { get; } = [];

    /// <summary>Decisions added so far.</summary>
    public int Added => _pending.Count;

    /// <summary>Once sealed: in order of (user, time, item), one per pair of user and item.</summary>
    public ReadOnlySpan<SnapshotEvent> Events => _events;

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
    public bool TryAdd(PackedVideo video)
    {
        if (!_items.TryAdd(video.Id, Videos.Count))
            return false;
        Videos.Add(new(video.Id, video.Numbers, video.Missing, Texts.Add(video.Texts), video.TextVector, video.ImageVector));
        return true;
    }

    /// <summary>Number of a video until sealed, or -1.</summary>
    public int ItemOf(string videoId) => _items.Find(videoId);

    /// <summary>Numbers of many videos until sealed.</summary>
    /// <inheritdoc cref="IdNumbers.Find(ReadOnlySpan{Guid}, Span{int})"/>
    public void ItemsOf(ReadOnlySpan<Guid> videoIds, Span<int> numbers) => _items.Find(videoIds, numbers);

    /// <summary>Number of a user until sealed. All profiles come before, so that a user first seen here has none.</summary>
    public int UserOf(string userId)
    {
        var user = _users.Find(userId);
        if (user >= 0)
            return user;
        _users.TryAdd(userId, Users.Count);
        Users.Add(userId);
        return Users.Count - 1;
    }

    /// <summary>Numbers of many users until sealed, of those that are there.</summary>
    /// <inheritdoc cref="IdNumbers.Find(ReadOnlySpan{Guid}, Span{int})"/>
    public void UsersOf(ReadOnlySpan<Guid> userIds, Span<int> numbers) => _users.Find(userIds, numbers);

    public void Add(SnapshotEvent decision) => _pending.Add(decision);

    /// <summary>Orders the videos, of which there must be no more to come. Their numbers stay as they were until all is sealed.</summary>
    public void SealVideos() => _itemRank = Sort(Videos, video => video.Id);

    /// <summary>Orders everything else and keeps the newest decision of a user for a video.</summary>
    /// <returns>Decisions that a newer one replaced.</returns>
    public long Seal()
    {
        var userRank = Array.Empty<int>();
        Parallel.Invoke(
            () => userRank = Sort(Users, user => user),
            () => Sort(Profiles, profile => profile.UserId));

        var added = _pending.Count;
        _events = _pending.Order(userRank, _itemRank);
        return added - _events.Length;
    }

    /// <summary>Brings rows into the ordinal order of their ids.</summary>
    /// <returns>For each row, by where it was, where it is.</returns>
    private static int[] Sort<T>(List<T> rows, Func<T, string> id)
    {
        var ids = new string[rows.Count];
        var order = new int[rows.Count];
        for (var i = 0; i < order.Length; i++)
            (ids[i], order[i]) = (id(rows[i]), i);
        Array.Sort(ids, order, StringComparer.Ordinal);
        var ranks = new int[rows.Count];
        var sorted = new T[rows.Count];
        for (var rank = 0; rank < order.Length; rank++)
            (sorted[rank], ranks[order[rank]]) = (rows[order[rank]], rank);
        sorted.CopyTo(CollectionsMarshal.AsSpan(rows));
        return ranks;
    }
}

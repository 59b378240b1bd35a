namespace Retraining.Dataset;

/// <summary>Every user's decisions in order of time: columns by event, users as ranges. Ties in time are ordered by item index.</summary>
public sealed class InteractionLog
{
    /// <summary>User ids in ordinal order; a user index means a position here. Users without decisions are included.</summary>
    public required string[] UserIds { get; init; }

    /// <summary>Per user: profile creation, unix milliseconds UTC; null when there is no profile or no date.</summary>
    public required long?[] ProfileCreatedAt { get; init; }

    /// <summary>[users + 1]; events of user u lie in [Offsets[u], Offsets[u + 1]).</summary>
    public required int[] Offsets { get; init; }

    /// <summary>Per event: item index in the <see cref="Catalogue"/>.</summary>
    public required int[] Item { get; init; }

    /// <summary>Per event: unix milliseconds UTC.</summary>
    public required long[] Time { get; init; }

    /// <summary>Per event: a like (or a review of enough stars).</summary>
    public required bool[] Positive { get; init; }

    /// <summary>Per event: weight of the example, greater than 0; 1 is neutral.</summary>
    public required float[] Weight { get; init; }

    public int Users => UserIds.Length;

    public int Events => Item.Length;

    /// <summary>What was known at a moment: the same users with their events up to and including it.</summary>
    /// <param name="time">Unix milliseconds UTC.</param>
    public InteractionLog Until(long time)
    {
        var offsets = new int[Users + 1];
        List<int> kept = [];
        for (var user = 0; user < Users; user++)
        {
            for (var e = Offsets[user]; e < Offsets[user + 1] && Time[e] <= time; e++)
                kept.Add(e);
            offsets[user + 1] = kept.Count;
        }

        return new()
        {
            UserIds = UserIds,
            ProfileCreatedAt = ProfileCreatedAt,
            Offsets = offsets,
            Item = [.. kept.Select(e => Item[e])],
            Time = [.. kept.Select(e => Time[e])],
            Positive = [.. kept.Select(e => Positive[e])],
            Weight = [.. kept.Select(e => Weight[e])],
        };
    }

    /// <summary>Index of a user id, or -1.</summary>
    public int IndexOf(string userId)
    {
        var index = Array.BinarySearch(UserIds, userId, StringComparer.Ordinal);
        return index < 0 ? -1 : index;
    }
}

namespace Retraining.Dataset;

/// <summary>One interaction of a snapshot in the making; 24 bytes, so that millions fit.</summary>
internal record struct SnapshotEvent(int User, int Item, long TimeMs, float Weight, bool Positive)
{
    /// <summary>Order of (user, item), the decision that counts last: the newest; of equally old ones the positive, then the heavier.</summary>
    public static int ByPair(SnapshotEvent a, SnapshotEvent b)
    {
        var order = a.User.CompareTo(b.User);
        order = order != 0 ? order : a.Item.CompareTo(b.Item);
        order = order != 0 ? order : a.TimeMs.CompareTo(b.TimeMs);
        order = order != 0 ? order : a.Positive.CompareTo(b.Positive);
        return order != 0 ? order : a.Weight.CompareTo(b.Weight);
    }

    /// <summary>Order of a snapshot: (user, time, item).</summary>
    public static int ByTime(SnapshotEvent a, SnapshotEvent b)
    {
        var order = a.User.CompareTo(b.User);
        order = order != 0 ? order : a.TimeMs.CompareTo(b.TimeMs);
        return order != 0 ? order : a.Item.CompareTo(b.Item);
    }
}

namespace Retraining.Dataset;

/// <summary>
/// One interaction of a snapshot in the making; 24 bytes, so that millions fit. In order of (time, item); of a user's decisions for one item the
/// last counts: the newest, of equally old ones the positive, then the heavier.
/// </summary>
internal readonly record struct SnapshotEvent(int User, int Item, long TimeMs, float Weight, bool Positive) : IComparable<SnapshotEvent>
{
    public int CompareTo(SnapshotEvent other)
    {
        var order = TimeMs.CompareTo(other.TimeMs);
        order = order != 0 ? order : Item.CompareTo(other.Item);
        order = order != 0 ? order : Positive.CompareTo(other.Positive);
        return order != 0 ? order : Weight.CompareTo(other.Weight);
    }
}

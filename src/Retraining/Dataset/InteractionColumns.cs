using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Columns of one row group of <c>interactions.parquet</c>, read from the events a page at a time: there is no second copy of millions.</summary>
internal sealed class InteractionColumns
{
    private readonly SnapshotRows _rows;
    private readonly int _from;
    private readonly int _count;
    private readonly List<string> _users = [];
    private readonly List<string> _items = [];
    private readonly Dictionary<float, int> _weights = [];

    /// <summary>Per user and per item of the group its position in the dictionary.</summary>
    private readonly int[] _userEntry, _itemEntry;

    private InteractionColumns(SnapshotRows rows, int from, int to)
    {
        (_rows, _from, _count) = (rows, from, to - from);
        (_userEntry, _itemEntry) = (new int[rows.Users.Count], new int[rows.Videos.Count]);
        AddEntries();
    }

    private delegate T ReadValue<T>(in SnapshotEvent e);

    /// <param name="rows">Sealed.</param>
    /// <param name="from">First event.</param>
    /// <param name="to">After the last one.</param>
    public static object[] Of(SnapshotRows rows, int from, int to)
    {
        var group = new InteractionColumns(rows, from, to);
        return
        [
            group.Repeated<string>([.. group._users], (in SnapshotEvent e) => group._userEntry[e.User]),
            group.Repeated<string>([.. group._items], (in SnapshotEvent e) => group._itemEntry[e.Item] - 1),
            group.Repeated([0, 1], (in SnapshotEvent e) => e.Positive ? 1 : 0),
            group.Repeated<float>([.. group._weights.Keys], (in SnapshotEvent e) => group._weights[e.Weight]),
            new ComputedColumn<long>(group._count, group.Fill((in SnapshotEvent e) => e.TimeMs)),
        ];
    }

    private DictionaryColumn<T> Repeated<T>(T[] values, ReadValue<int> entry) =>
        new(values, _count, values.Length == 1 ? (_, indices) => indices.Clear() : Fill(entry));

    private FillRows<T> Fill<T>(ReadValue<T> value) => (start, values) =>
    {
        var events = _rows.Events.Slice(_from + start, values.Length);
        for (var i = 0; i < values.Length; i++)
            values[i] = value(in events[i]);
    };

    /// <summary>Users come in ascending order, so that each one's first event begins a new entry. Items and weights have entries in order of arrival.</summary>
    private void AddEntries()
    {
        var events = _rows.Events.Slice(_from, _count);
        var (user, weight) = (-1, float.NaN);
        foreach (ref readonly var e in events)
        {
            if (e.User != user)
            {
                (user, _userEntry[e.User]) = (e.User, _users.Count);
                _users.Add(_rows.Users[user]);
            }

            if (_itemEntry[e.Item] == 0)
            {
                _items.Add(_rows.Videos[e.Item].Id);
                _itemEntry[e.Item] = _items.Count; // from 1
            }

            if (e.Weight != weight)
                _weights.TryAdd(weight = e.Weight, _weights.Count);
        }
    }
}

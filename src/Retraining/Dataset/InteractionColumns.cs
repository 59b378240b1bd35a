using TwoTower.Parquet;

namespace Retraining.Dataset;

/// <summary>Columns of one row group of <c>interactions.parquet</c>.</summary>
internal static class InteractionColumns
{
    /// <param name="rows">Sealed.</param>
    /// <param name="from">First event.</param>
    /// <param name="to">After the last one.</param>
    public static object[] Of(SnapshotRows rows, int from, int to)
    {
        ReadOnlySpan<SnapshotEvent> Events() => rows.Events[from..to];
        var columns = new object[5];
        Parallel.Invoke(
            () => columns[0] = Users(rows, Events()),
            () => columns[1] = Items(rows, Events()),
            () => columns[2] = new DictionaryColumn<int>([0, 1], Values(Events(), (in SnapshotEvent e) => e.Positive ? 1 : 0)),
            () => columns[3] = Weights(Events()),
            () => columns[4] = Values(Events(), (in SnapshotEvent e) => e.TimeMs));
        return columns;
    }

    private delegate T ReadValue<T>(in SnapshotEvent e);

    private static T[] Values<T>(ReadOnlySpan<SnapshotEvent> events, ReadValue<T> value)
    {
        var values = GC.AllocateUninitializedArray<T>(events.Length);
        for (var i = 0; i < values.Length; i++)
            values[i] = value(in events[i]);
        return values;
    }

    /// <summary>Users come in ascending order, so that each one's first event begins a new entry.</summary>
    private static DictionaryColumn<string> Users(SnapshotRows rows, ReadOnlySpan<SnapshotEvent> events)
    {
        var ids = new List<string>();
        var indices = new int[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            if (i == 0 || events[i].User != events[i - 1].User)
                ids.Add(rows.Users[events[i].User]);
            indices[i] = ids.Count - 1;
        }

        return new([.. ids], indices);
    }

    private static DictionaryColumn<string> Items(SnapshotRows rows, ReadOnlySpan<SnapshotEvent> events)
    {
        var ids = new List<string>();
        var entry = new int[rows.Videos.Count]; // per item, from 1
        var indices = new int[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            ref var known = ref entry[events[i].Item];
            if (known == 0)
            {
                ids.Add(rows.Videos[events[i].Item].Id);
                known = ids.Count;
            }

            indices[i] = known - 1;
        }

        return new([.. ids], indices);
    }

    private static DictionaryColumn<float> Weights(ReadOnlySpan<SnapshotEvent> events)
    {
        var entries = new Dictionary<float, int>();
        var indices = new int[events.Length];
        for (var i = 0; i < events.Length; i++)
        {
            var weight = events[i].Weight;
            if (i > 0 && weight == events[i - 1].Weight)
                indices[i] = indices[i - 1];
            else if (!entries.TryGetValue(weight, out indices[i]))
                entries.Add(weight, indices[i] = entries.Count);
        }

        return new([.. entries.Keys], indices);
    }
}

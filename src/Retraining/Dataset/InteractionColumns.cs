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
        var events = rows.Events[from..to];
        var (labels, weights, times) = (new int[events.Length], new float[events.Length], new long[events.Length]);
        for (var i = 0; i < events.Length; i++)
        {
            ref readonly var e = ref events[i];
            (labels[i], weights[i], times[i]) = (e.Positive ? 1 : 0, e.Weight, e.TimeMs);
        }

        return [Users(rows, events), Items(rows, events), new DictionaryColumn<int>([0, 1], labels), Repeated(weights), times];
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

    private static DictionaryColumn<float> Repeated(float[] values)
    {
        var entries = new Dictionary<float, int>();
        var indices = new int[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            if (i > 0 && values[i] == values[i - 1])
                indices[i] = indices[i - 1];
            else if (!entries.TryGetValue(values[i], out indices[i]))
                entries.Add(values[i], indices[i] = entries.Count);
        }

        return new([.. entries.Keys], indices);
    }
}

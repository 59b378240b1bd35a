namespace TwoTower.Parquet;

/// <summary>A column of lists: row r holds Values[Offsets[r] .. Offsets[r + 1]].</summary>
public sealed class ListColumn<T>
{
    /// <param name="offsets">[rows + 1], ascending from 0 to the number of values.</param>
    /// <param name="values">Elements of all rows.</param>
    /// <exception cref="ArgumentException">The offsets do not describe the values.</exception>
    public ListColumn(int[] offsets, T[] values)
    {
        if (offsets.Length == 0 || offsets[0] != 0 || offsets[^1] != values.Length)
            throw new ArgumentException($"offsets [{(offsets.Length == 0 ? "" : $"{offsets[0]} .. {offsets[^1]}")}], expected [0 .. {values.Length}]");
        for (var row = 1; row < offsets.Length; row++)
        {
            if (offsets[row] < offsets[row - 1])
                throw new ArgumentException($"row {row - 1} ends at {offsets[row]}, expected {offsets[row - 1]} or more");
        }

        (Offsets, Values) = (offsets, values);
    }

    /// <summary>Copies lists together.</summary>
    public ListColumn(IReadOnlyList<T[]> rows)
    {
        Offsets = new int[rows.Count + 1];
        for (var row = 0; row < rows.Count; row++)
            Offsets[row + 1] = checked(Offsets[row] + rows[row].Length);
        Values = new T[Offsets[^1]];
        for (var row = 0; row < rows.Count; row++)
            rows[row].CopyTo(Values, Offsets[row]);
    }

    public int[] Offsets { get; }

    public T[] Values { get; }

    public int Rows => Offsets.Length - 1;

    public ReadOnlySpan<T> this[int row] => Values.AsSpan(Offsets[row], Offsets[row + 1] - Offsets[row]);
}

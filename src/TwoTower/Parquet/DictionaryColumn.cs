namespace TwoTower.Parquet;

/// <summary>A column that repeats few values: row r holds Values[Indices[r]]. Written with a dictionary; for required columns.</summary>
public sealed class DictionaryColumn<T>
{
    /// <param name="values">Each once.</param>
    /// <param name="indices">[rows], each a position in <paramref name="values"/>.</param>
    /// <exception cref="ArgumentException">An index is outside of the values.</exception>
    public DictionaryColumn(T[] values, int[] indices)
    {
        if (indices.AsSpan().IndexOfAnyExceptInRange(0, values.Length - 1) is >= 0 and var row)
            throw new ArgumentException($"row {row}: index {indices[row]}, expected 0 to {values.Length - 1}");
        (Values, Indices) = (values, indices);
    }

    public T[] Values { get; }

    public int[] Indices { get; }
}

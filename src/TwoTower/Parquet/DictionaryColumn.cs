namespace TwoTower.Parquet;

/// <summary>A column that repeats few values: row r holds Values[index of r]. Written with a dictionary; for required columns.</summary>
public sealed class DictionaryColumn<T>
{
    /// <param name="values">Each once.</param>
    /// <param name="indices">[rows], each a position in <paramref name="values"/>.</param>
    /// <exception cref="ArgumentException">An index is outside of the values.</exception>
    public DictionaryColumn(T[] values, int[] indices)
        : this(values, indices.Length, (start, some) => indices.AsSpan(start, some.Length).CopyTo(some)) => Require(indices, 0);

    /// <param name="values">Each once.</param>
    /// <param name="rows">How many.</param>
    /// <param name="indices">Gives the same positions in <paramref name="values"/> for the same rows, a page at a time.</param>
    public DictionaryColumn(T[] values, int rows, FillRows<int> indices) => (Values, Rows, Indices) = (values, rows, indices);

    public T[] Values { get; }

    public int Rows { get; }

    public FillRows<int> Indices { get; }

    /// <exception cref="ArgumentException">An index is outside of the values.</exception>
    internal void Require(ReadOnlySpan<int> indices, int firstRow)
    {
        if (indices.IndexOfAnyExceptInRange(0, Values.Length - 1) is >= 0 and var row)
            throw new ArgumentException($"row {firstRow + row}: index {indices[row]}, expected 0 to {Values.Length - 1}");
    }
}

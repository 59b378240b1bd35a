using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Model;

/// <summary>A matrix of float32 in compressed sparse rows: the input of a tower. Grows by whole rows and is reused between steps.</summary>
/// <remarks>Numeric features are ordinary columns with a value in every row. Column order within a row is free; a column occurs at most once a row.</remarks>
public sealed class SparseRows(int columns)
{
    private int[] _offsets = new int[16];
    private int[] _indices = new int[64];
    private float[] _values = new float[64];

    /// <summary>Width of a dense row, the tower's input_dim.</summary>
    public int Columns { get; } = columns;

    public int Rows { get; private set; }

    /// <summary>Stored values over all rows.</summary>
    public int NonZeros => _offsets[Rows];

    /// <summary>[Rows + 1]; row r lies in [Offsets[r], Offsets[r + 1]) of <see cref="Indices"/> and <see cref="Values"/>.</summary>
    public ReadOnlySpan<int> Offsets => _offsets.AsSpan(0, Rows + 1);

    /// <summary>[NonZeros] column of each value, in [0, Columns).</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, NonZeros);

    /// <summary>[NonZeros].</summary>
    public ReadOnlySpan<float> Values => _values.AsSpan(0, NonZeros);

    public ReadOnlySpan<int> RowIndices(int row) => _indices.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    public ReadOnlySpan<float> RowValues(int row) => _values.AsSpan(_offsets[row], _offsets[row + 1] - _offsets[row]);

    /// <summary>Asks the processor to bring a row closer, shortly before it is read.</summary>
    public void Prefetch(int row)
    {
        if (!Sse.IsSupported)
            return;
        for (var k = _offsets[row]; k < _offsets[row + 1]; k += 16)
            Prefetch(ref _indices[k], ref _values[k]);
    }

    /// <summary>Forgets all rows and keeps the buffers.</summary>
    public void Clear() => Rows = 0;

    /// <summary>Makes room, so that adding up to these totals does not grow the buffers.</summary>
    public void EnsureCapacity(int rows, int nonZeros)
    {
        if (_offsets.Length < rows + 1)
            Array.Resize(ref _offsets, rows + 1);
        if (_indices.Length < nonZeros)
            Array.Resize(ref _indices, nonZeros);
        if (_values.Length < nonZeros)
            Array.Resize(ref _values, nonZeros);
    }

    /// <summary>Makes room for so many rows and values; all of them are to be taken from elsewhere.</summary>
    internal void Resize(int rows, int nonZeros)
    {
        EnsureCapacity(Slack(rows, _offsets.Length - 1), Slack(nonZeros, Math.Min(_indices.Length, _values.Length)));
        (Rows, _offsets[rows]) = (rows, nonZeros);
    }

    /// <summary>Copies the rows of <paramref name="other"/> to a place in the room that <see cref="Resize"/> made.</summary>
    /// <param name="other">Of the same width.</param>
    /// <param name="row">Its first row's place.</param>
    /// <param name="value">Its first value's place.</param>
    internal void Take(SparseRows other, int row, int value)
    {
        TensorPrimitives.Add(other.Offsets, value, _offsets.AsSpan(row));
        other.Indices.CopyTo(_indices.AsSpan(value));
        other.Values.CopyTo(_values.AsSpan(value));
    }

    /// <summary>Appends one row.</summary>
    /// <exception cref="ArgumentException">The lengths differ or a column is outside [0, Columns).</exception>
    public void Add(ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
    {
        if (indices.Length != values.Length)
            throw new ArgumentException($"a row of {indices.Length} columns and {values.Length} values, expected as many of each");
        var wrong = indices.IndexOfAnyExceptInRange(0, Columns - 1);
        if (wrong >= 0)
            throw new ArgumentException($"column {indices[wrong]}, expected 0 to {Columns - 1}");

        AddUnchecked(indices, values);
    }

    /// <summary>Appends one row that is known to be sound.</summary>
    internal void AddUnchecked(ReadOnlySpan<int> indices, ReadOnlySpan<float> values)
    {
        var start = NonZeros;
        Grow(ref _indices, start + indices.Length);
        Grow(ref _values, start + values.Length);
        Grow(ref _offsets, Rows + 2);
        indices.CopyTo(_indices.AsSpan(start));
        values.CopyTo(_values.AsSpan(start));
        _offsets[++Rows] = start + indices.Length;
    }

    /// <summary>Writes one row densely; the rest of <paramref name="dense"/> becomes 0.</summary>
    /// <param name="row">In [0, Rows).</param>
    /// <param name="dense">[Columns]; overwritten.</param>
    public void CopyRowTo(int row, Span<float> dense)
    {
        dense[..Columns].Clear();
        var indices = RowIndices(row);
        var values = RowValues(row);
        for (var k = 0; k < indices.Length; k++)
            dense[indices[k]] = values[k];
    }

    /// <summary>What is there if it is enough, otherwise an eighth more than needed.</summary>
    private static int Slack(int needed, int there) => needed <= there ? there : needed + (needed / 8);

    private static unsafe void Prefetch(ref int index, ref float value)
    {
        Sse.Prefetch0(Unsafe.AsPointer(ref index));
        Sse.Prefetch0(Unsafe.AsPointer(ref value));
    }

    private static void Grow<T>(ref T[] array, int needed)
    {
        if (array.Length < needed)
            Array.Resize(ref array, (int)Math.Max(needed, Math.Min(2L * array.Length, Array.MaxLength)));
    }
}

using TwoTower.Model;

namespace Retraining.Features;

/// <summary>Builds one feature row after the other: single columns and bags. The one place where counts become a vector. Not thread-safe.</summary>
/// <remarks>Sums are kept in double, in the order in which they come, so equal counts give equal bits.</remarks>
internal class RowWriter(int width)
{
    private readonly double[] _sums = new double[width];
    private readonly int[] _indices = new int[width];
    private readonly float[] _values = new float[width];
    private int _count;
    private int _bagStart;

    public void Value(int column, float value)
    {
        _indices[_count] = column;
        _values[_count++] = value;
    }

    public void BeginBag() => _bagStart = _count;

    public void Add(int column, double weight)
    {
        ref var sum = ref _sums[column];
        if (sum == 0 && weight > 0)
            _indices[_count++] = column;
        sum += weight;
    }

    public void Add(ReadOnlySpan<int> columns, double weight)
    {
        foreach (var column in columns)
            Add(column, weight);
    }

    /// <summary>As <see cref="Add(ReadOnlySpan{int}, double)"/> with a weight of 1.</summary>
    public void Count(ReadOnlySpan<int> columns)
    {
        var (sums, indices, count) = (_sums, _indices, _count);
        foreach (var column in columns)
        {
            if (sums[column]++ == 0)
                indices[count++] = column;
        }

        _count = count;
    }

    /// <param name="l2">Divide by the Euclidean length, otherwise by the sum.</param>
    public void EndBag(bool l2)
    {
        var norm = 0.0;
        foreach (var column in _indices.AsSpan(_bagStart, _count - _bagStart))
            norm += l2 ? _sums[column] * _sums[column] : _sums[column];
        norm = l2 ? Math.Sqrt(norm) : norm;

        for (var k = _bagStart; k < _count; k++)
        {
            ref var sum = ref _sums[_indices[k]];
            _values[k] = (float)(sum / norm);
            sum = 0;
        }
    }

    public void EndRow(SparseRows rows)
    {
        rows.Add(_indices.AsSpan(0, _count), _values.AsSpan(0, _count));
        _count = 0;
    }
}

using System.Runtime.Intrinsics;
using TwoTower.Model;

namespace Retraining.Features;

/// <summary>Builds one feature row after the other: single columns and bags. The one place where counts become a vector. Not thread-safe.</summary>
/// <remarks>Sums are kept in double, in the order in which they come, so equal counts give equal bits.</remarks>
internal class RowWriter(int width)
{
    private readonly double[] _sums = new double[width];
    private readonly double[] _bag = new double[width + Lanes.Ints];

    // One more: a column is written before it is known whether it counts. A vector more: values are written in whole ones.
    private readonly int[] _indices = new int[width + 1];
    private readonly float[] _values = new float[width + Lanes.Ints];
    private int _count;
    private int _bagStart;

    public void Value(int column, float value)
    {
        _indices[_count] = column;
        _values[_count++] = value;
    }

    public void BeginBag() => _bagStart = _count;

    /// <param name="weight">Greater than 0.</param>
    public void Add(int column, double weight)
    {
        _indices[_count] = column;
        _count += IsZero(_sums[column]);
        _sums[column] += weight;
    }

    /// <summary>Adds weights in the columns of items.</summary>
    public void Add(ItemColumns columns, ReadOnlySpan<int> items, ReadOnlySpan<double> weights)
    {
        var (sums, indices, count) = (_sums, _indices, _count);
        for (var k = 0; k < items.Length; k++)
        {
            var weight = weights[k];
            foreach (var column in columns[items[k]])
            {
                indices[count] = column;
                count += IsZero(sums[column]);
                sums[column] += weight;
            }
        }

        _count = count;
    }

    /// <summary>Adds 1 in the columns of items.</summary>
    public void Count(ItemColumns columns, ReadOnlySpan<int> items)
    {
        var (sums, indices, count) = (_sums, _indices, _count);
        foreach (var item in items)
        {
            foreach (var column in columns[item])
            {
                indices[count] = column;
                count += IsZero(sums[column]);
                sums[column]++;
            }
        }

        _count = count;
    }

    /// <param name="l2">Divide by the Euclidean length, otherwise by the sum.</param>
    public void EndBag(bool l2)
    {
        var length = _count - _bagStart;
        var (sums, bag, k) = (_sums, _bag, 0);
        foreach (var column in _indices.AsSpan(_bagStart, length))
        {
            bag[k++] = sums[column];
            sums[column] = 0;
        }

        Vector512<double>.Zero.CopyTo(bag, length);
        Vector512<double>.Zero.CopyTo(bag, length + Lanes.Longs);
        var whole = bag.AsSpan(0, Lanes.WholeInts(length));
        var norm = Sum(whole, squared: l2);
        Divide(whole, l2 ? Math.Sqrt(norm) : norm, _values.AsSpan(_bagStart));
    }

    public void EndRow(SparseRows rows)
    {
        rows.Add(_indices.AsSpan(0, _count), _values.AsSpan(0, _count));
        _count = 0;
    }

    /// <summary>1 of 0, 0 of a positive number. What comes for the first time, no processor guesses, so it is counted without a branch.</summary>
    private static int IsZero(double sum) => 1 + (int)(-BitConverter.DoubleToInt64Bits(sum) >> 63);

    /// <summary>In eight lanes that are added up in one order.</summary>
    private static double Sum(ReadOnlySpan<double> bag, bool squared)
    {
        var lanes = Vector512<double>.Zero;
        for (var k = 0; k < bag.Length; k += Lanes.Longs)
        {
            var some = Vector512.Create(bag[k..]);
            lanes += squared ? some * some : some;
        }

        var four = lanes.GetLower() + lanes.GetUpper();
        var two = four.GetLower() + four.GetUpper();
        return two.ToScalar() + two.GetElement(1);
    }

    private static void Divide(ReadOnlySpan<double> bag, double norm, Span<float> values)
    {
        for (var k = 0; k < bag.Length; k += 2 * Lanes.Longs)
        {
            var (low, high) = (Vector512.Create(bag[k..]) / norm, Vector512.Create(bag[(k + Lanes.Longs)..]) / norm);
            Vector512.Narrow(low, high).CopyTo(values[k..]);
        }
    }
}

using System.Numerics.Tensors;
using TwoTower.Model;

namespace TwoTower.Factorisation;

/// <summary>A sparse matrix whose columns count as centred: X − 1·x̄ᵀ, by row and by column.</summary>
internal sealed class CentredDesign
{
    private readonly SparseRows _rows;
    private readonly bool[] _used;
    private readonly float[] _means;
    private readonly int[] _columnOffsets;
    private readonly int[] _columnRows;
    private readonly float[] _columnValues;
    private readonly ParallelOptions _parallel;

    /// <param name="used">Per column whether it takes part.</param>
    /// <param name="cancellationToken">Checked in every row and column of a product.</param>
    public CentredDesign(SparseRows rows, bool[] used, int threads, CancellationToken cancellationToken)
    {
        (_rows, _used, _parallel) = (rows, used, new() { MaxDegreeOfParallelism = threads, CancellationToken = cancellationToken });
        _means = new float[rows.Columns];
        _columnOffsets = new int[rows.Columns + 1];
        foreach (var column in rows.Indices)
            _columnOffsets[column + 1]++;
        for (var column = 0; column < rows.Columns; column++)
            _columnOffsets[column + 1] += _columnOffsets[column];

        _columnRows = new int[rows.NonZeros];
        _columnValues = new float[rows.NonZeros];
        var next = _columnOffsets.ToArray();
        for (var row = 0; row < rows.Rows; row++)
        {
            var indices = rows.RowIndices(row);
            var values = rows.RowValues(row);
            for (var k = 0; k < indices.Length; k++)
            {
                var slot = next[indices[k]]++;
                (_columnRows[slot], _columnValues[slot]) = (row, values[k]);
            }
        }

        for (var column = 0; column < rows.Columns && rows.Rows > 0; column++)
            _means[column] = TensorPrimitives.Sum<float>(_columnValues.AsSpan(_columnOffsets[column].._columnOffsets[column + 1])) / rows.Rows;
    }

    /// <summary>(X − 1·x̄ᵀ) · weights: row-major [rows, dim].</summary>
    public float[] Times(float[] weights, int dim)
    {
        var shift = MeanTimes(weights, dim);
        var result = new float[_rows.Rows * dim];
        Parallel.For(0, _rows.Rows, _parallel, row =>
        {
            var target = result.AsSpan(row * dim, dim);
            TensorPrimitives.Negate(shift, target);
            var indices = _rows.RowIndices(row);
            var values = _rows.RowValues(row);
            for (var k = 0; k < indices.Length; k++)
            {
                if (_used[indices[k]])
                    TensorPrimitives.MultiplyAdd(weights.AsSpan(indices[k] * dim, dim), values[k], target, target);
            }
        });
        return result;
    }

    /// <summary>(X − 1·x̄ᵀ)ᵀ · targets: row-major [columns, dim]; 0 for unused columns.</summary>
    public float[] TransposeTimes(float[] targets, int dim)
    {
        var sums = ColumnSums(targets, dim);
        var result = new float[_rows.Columns * dim];
        Parallel.For(0, _rows.Columns, _parallel, column =>
        {
            if (!_used[column])
                return;
            var target = result.AsSpan(column * dim, dim);
            for (var k = _columnOffsets[column]; k < _columnOffsets[column + 1]; k++)
                TensorPrimitives.MultiplyAdd(targets.AsSpan(_columnRows[k] * dim, dim), _columnValues[k], target, target);
            TensorPrimitives.MultiplyAdd(sums, -_means[column], target, target);
        });
        return result;
    }

    /// <summary>ȳ − x̄ᵀ·weights.</summary>
    public void Intercept(float[] weights, float[] targets, int dim, Span<float> intercept)
    {
        var sums = ColumnSums(targets, dim);
        TensorPrimitives.Divide(sums, Math.Max(1, _rows.Rows), intercept);
        TensorPrimitives.Subtract(intercept, MeanTimes(weights, dim), intercept);
    }

    private float[] MeanTimes(float[] weights, int dim)
    {
        var result = new float[dim];
        for (var column = 0; column < _means.Length; column++)
        {
            if (_used[column] && _means[column] != 0)
                TensorPrimitives.MultiplyAdd(weights.AsSpan(column * dim, dim), _means[column], result, result);
        }

        return result;
    }

    private static float[] ColumnSums(float[] targets, int dim)
    {
        var sums = new double[dim];
        for (var start = 0; start < targets.Length; start += dim)
        {
            for (var d = 0; d < dim; d++)
                sums[d] += targets[start + d];
        }

        return [.. sums.Select(sum => (float)sum)];
    }
}

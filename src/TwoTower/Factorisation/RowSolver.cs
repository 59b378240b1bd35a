using System.Numerics.Tensors;

namespace TwoTower.Factorisation;

/// <summary>
/// Improves one row of a factorisation: conjugate gradients on (G + Σ v vᵀ + ridge) x = Σ v, v being the factors of the row's entries, without
/// ever building that matrix.
/// </summary>
internal sealed class RowSolver(int dim)
{
    private const int Steps = 3;
    private const float Tolerance = 1e-10f;
    private readonly float[] _residual = new float[dim];
    private readonly float[] _direction = new float[dim];
    private readonly float[] _image = new float[dim];

    /// <param name="gram">G: row-major [dim, dim], symmetric.</param>
    /// <param name="ridge">Above 0.</param>
    /// <param name="side">Factors of the other side: row-major [rows, dim].</param>
    /// <param name="entries">Rows of the other side; none makes the solution 0.</param>
    /// <param name="solution">[dim]: where to start, overwritten with where it led.</param>
    public void Improve(float[] gram, float ridge, float[] side, ReadOnlySpan<int> entries, Span<float> solution)
    {
        if (entries.IsEmpty)
        {
            solution.Clear();
            return;
        }

        Apply(gram, ridge, side, entries, solution, _residual);
        TensorPrimitives.Negate(_residual, _residual);
        foreach (var entry in entries)
            TensorPrimitives.Add(_residual, side.AsSpan(entry * dim, dim), _residual);
        _residual.CopyTo(_direction, 0);
        var norm = TensorPrimitives.Dot<float>(_residual, _residual);
        for (var step = 0; step < Steps && norm > Tolerance; step++)
        {
            Apply(gram, ridge, side, entries, _direction, _image);
            var length = norm / TensorPrimitives.Dot<float>(_direction, _image);
            TensorPrimitives.MultiplyAdd(_direction, length, solution, solution);
            TensorPrimitives.MultiplyAdd(_image, -length, _residual, _residual);
            var next = TensorPrimitives.Dot<float>(_residual, _residual);
            TensorPrimitives.MultiplyAdd(_direction, next / norm, _residual, _direction);
            norm = next;
        }
    }

    /// <summary>result = (G + Σ v vᵀ + ridge) · vector.</summary>
    private void Apply(float[] gram, float ridge, float[] side, ReadOnlySpan<int> entries, ReadOnlySpan<float> vector, Span<float> result)
    {
        TensorPrimitives.Multiply(vector, ridge, result);
        for (var d = 0; d < dim; d++)
            result[d] += TensorPrimitives.Dot(gram.AsSpan(d * dim, dim), vector);
        foreach (var entry in entries)
        {
            var factor = side.AsSpan(entry * dim, dim);
            TensorPrimitives.MultiplyAdd(factor, TensorPrimitives.Dot(factor, vector), result, result);
        }
    }
}

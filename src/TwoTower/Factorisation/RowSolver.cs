using System.Numerics.Tensors;

namespace TwoTower.Factorisation;

/// <summary>
/// Improves one row of a factorisation: conjugate gradients on (G + Σ |w| v vᵀ + ridge) x = Σ w v over w above 0, v and w being the factors
/// and weights of the row's entries, without ever building that matrix.
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
    /// <param name="weights">Of the entries, see <see cref="Preferences"/>; empty when each is 1.</param>
    /// <param name="solution">[dim]: where to start, overwritten with where it led.</param>
    public void Improve(
        float[] gram, float ridge, float[] side, ReadOnlySpan<int> entries, ReadOnlySpan<float> weights, Span<float> solution)
    {
        if (entries.IsEmpty)
        {
            solution.Clear();
            return;
        }

        Apply(gram, ridge, side, entries, weights, solution, _residual);
        TensorPrimitives.Negate(_residual, _residual);
        for (var k = 0; k < entries.Length; k++)
        {
            var weight = weights.IsEmpty ? 1 : weights[k];
            if (weight > 0)
                TensorPrimitives.MultiplyAdd(side.AsSpan(entries[k] * dim, dim), weight, _residual, _residual);
        }

        _residual.CopyTo(_direction, 0);
        var norm = TensorPrimitives.Dot<float>(_residual, _residual);
        for (var step = 0; step < Steps && norm > Tolerance; step++)
        {
            Apply(gram, ridge, side, entries, weights, _direction, _image);
            var length = norm / TensorPrimitives.Dot<float>(_direction, _image);
            TensorPrimitives.MultiplyAdd(_direction, length, solution, solution);
            TensorPrimitives.MultiplyAdd(_image, -length, _residual, _residual);
            var next = TensorPrimitives.Dot<float>(_residual, _residual);
            TensorPrimitives.MultiplyAdd(_direction, next / norm, _residual, _direction);
            norm = next;
        }
    }

    /// <summary>result = (G + Σ |w| v vᵀ + ridge) · vector.</summary>
    private void Apply(
        float[] gram, float ridge, float[] side, ReadOnlySpan<int> entries, ReadOnlySpan<float> weights, ReadOnlySpan<float> vector,
        Span<float> result)
    {
        TensorPrimitives.Multiply(vector, ridge, result);
        for (var d = 0; d < dim; d++)
            result[d] += TensorPrimitives.Dot(gram.AsSpan(d * dim, dim), vector);
        for (var k = 0; k < entries.Length; k++)
        {
            var factor = side.AsSpan(entries[k] * dim, dim);
            var weight = weights.IsEmpty ? 1 : MathF.Abs(weights[k]);
            TensorPrimitives.MultiplyAdd(factor, weight * TensorPrimitives.Dot(factor, vector), result, result);
        }
    }
}

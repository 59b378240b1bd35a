using System.Numerics.Tensors;

namespace TwoTower.Factorisation;

/// <summary>Linear equations with a symmetric positive definite matrix.</summary>
internal static class Cholesky
{
    /// <param name="matrix">Row-major [n, n], lower triangle; overwritten with its factor.</param>
    /// <param name="right">[n].</param>
    /// <param name="solution">[n], overwritten.</param>
    /// <exception cref="ArithmeticException">The matrix is not positive definite.</exception>
    public static void Solve(Span<float> matrix, ReadOnlySpan<float> right, Span<float> solution)
    {
        var n = right.Length;
        for (var r = 0; r < n; r++)
        {
            var row = matrix.Slice(r * n, r + 1);
            for (var c = 0; c < r; c++)
                row[c] = (row[c] - TensorPrimitives.Dot<float>(row[..c], matrix.Slice(c * n, c))) / matrix[(c * n) + c];
            var pivot = row[r] - TensorPrimitives.Dot<float>(row[..r], row[..r]);
            if (!(pivot > 0))
                throw new ArithmeticException($"pivot {r} of {n} is {pivot}, expected above 0: the matrix is not positive definite");
            row[r] = MathF.Sqrt(pivot);
            solution[r] = (right[r] - TensorPrimitives.Dot<float>(row[..r], solution[..r])) / row[r];
        }

        for (var r = n - 1; r >= 0; r--)
        {
            solution[r] /= matrix[(r * n) + r];
            var row = matrix.Slice(r * n, r);
            TensorPrimitives.MultiplyAdd(row, -solution[r], solution[..r], solution[..r]);
        }
    }
}

using TwoTower.Factorisation;

namespace TwoTower.Tests.Factorisation;

/// <summary>
/// The factorisation as plain loops in double: every row solved exactly, by elimination. What the fast one is tested against.
/// </summary>
internal static class AlsReference
{
    /// <summary>
    /// Solves a user's row: (α Σ y yᵀ + Σ |w| v vᵀ + λ (Σ |w| + α · liked items)) x = Σ w v, the last sum over w above 0.
    /// </summary>
    /// <param name="items">Row-major [items, dim]; zeros for an item without likes.</param>
    public static double[] Solve(Preferences preferences, int user, float[] items, ImplicitAlsOptions options)
    {
        var dim = options.Dim;
        var liked = Enumerable.Range(0, items.Length / dim).Count(item => preferences.Transpose(items.Length / dim).HasLikes(item));
        var matrix = new double[dim, dim + 1];
        for (var item = 0; item < items.Length / dim; item++)
        {
            var at = preferences.Items(user).IndexOf(item);
            var weight = at < 0 ? 0 : preferences.Weights(user).IsEmpty ? 1 : preferences.Weights(user)[at];
            var factor = items.AsSpan(item * dim, dim);
            for (var row = 0; row < dim; row++)
            {
                for (var column = 0; column < dim; column++)
                    matrix[row, column] += (options.UnobservedWeight + Math.Abs(weight)) * factor[row] * factor[column];
                matrix[row, dim] += Math.Max(0, weight) * factor[row];
            }
        }

        for (var d = 0; d < dim; d++)
            matrix[d, d] += options.Regularisation * (preferences.TotalWeight(user) + (options.UnobservedWeight * liked));
        return Eliminate(matrix, dim);
    }

    /// <summary>Gauss and Jordan; the matrix is positive definite, so that no pivot is 0.</summary>
    private static double[] Eliminate(double[,] matrix, int dim)
    {
        for (var pivot = 0; pivot < dim; pivot++)
        {
            for (var row = 0; row < dim; row++)
            {
                var factor = row == pivot ? 0 : matrix[row, pivot] / matrix[pivot, pivot];
                for (var column = pivot; column <= dim; column++)
                    matrix[row, column] -= factor * matrix[pivot, column];
            }
        }

        return [.. Enumerable.Range(0, dim).Select(d => matrix[d, dim] / matrix[d, d])];
    }
}

using System.Numerics.Tensors;
using TwoTower.Model;

namespace TwoTower.Factorisation;

/// <summary>The linear map from sparse features to vectors that fits best: min ‖X·W + b − Y‖² + λ‖W‖², by conjugate gradients on all outputs at once.</summary>
/// <remarks>The intercept b is free; columns are centred without ever being stored densely. The result does not depend on the number of threads.</remarks>
public sealed class RidgeProjection
{
    private const double Tolerance = 1e-4;

    /// <summary>λ, greater than 0.</summary>
    public required double Penalty { get; init; }
    public int MaxIterations { get; init; } = 60;

    /// <summary>0 takes all cores.</summary>
    public int Threads { get; init; }

    /// <summary>Told the number of each iteration, from 1, once it is done.</summary>
    public Action<int>? Iterated { get; init; }

    /// <param name="features">X: [rows, columns].</param>
    /// <param name="used">Per column whether it may carry weight.</param>
    /// <param name="targets">Y: row-major [rows, dim].</param>
    /// <param name="dim">Width of a target.</param>
    /// <param name="weights">W: row-major [columns, dim], overwritten; rows of unused columns become 0.</param>
    /// <param name="intercept">b: [dim], overwritten.</param>
    /// <param name="cancellationToken">Checked in every row of every iteration.</param>
    /// <exception cref="ArgumentException">A length does not match.</exception>
    public void Fit(
        SparseRows features, bool[] used, float[] targets, int dim, float[] weights, float[] intercept, CancellationToken cancellationToken)
    {
        if (targets.Length != features.Rows * dim || weights.Length != features.Columns * dim || used.Length != features.Columns || intercept.Length != dim)
            throw new ArgumentException($"targets {targets.Length}, weights {weights.Length}, intercept {intercept.Length}, expected {features.Rows * dim}, {features.Columns * dim}, {dim}");

        var design = new CentredDesign(features, used, Threads > 0 ? Threads : Environment.ProcessorCount, cancellationToken);
        Array.Clear(weights);
        var residual = design.TransposeTimes(targets, dim);
        var direction = residual.ToArray();
        var norms = ColumnDots(residual, residual, dim);
        var goals = norms.Select(norm => norm * Tolerance * Tolerance).ToArray();
        for (var iteration = 0; iteration < MaxIterations && norms.Zip(goals).Any(pair => pair.First > pair.Second); iteration++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var image = design.TransposeTimes(design.Times(direction, dim), dim);
            TensorPrimitives.MultiplyAdd(direction, (float)Penalty, image, image);
            var curvature = ColumnDots(direction, image, dim);
            float[] steps = [.. norms.Zip(curvature, (norm, curve) => curve > 0 ? (float)(norm / curve) : 0)];
            AddScaled(weights, direction, steps, sign: 1);
            AddScaled(residual, image, steps, sign: -1);
            var next = ColumnDots(residual, residual, dim);
            float[] ratios = [.. next.Zip(norms, (after, before) => before > 0 ? (float)(after / before) : 0)];
            Turn(direction, residual, ratios);
            norms = next;
            Iterated?.Invoke(iteration + 1);
        }

        design.Intercept(weights, targets, dim, intercept);
    }

    private static double[] ColumnDots(float[] a, float[] b, int dim)
    {
        var sums = new double[dim];
        for (var start = 0; start < a.Length; start += dim)
        {
            for (var d = 0; d < dim; d++)
                sums[d] += (double)a[start + d] * b[start + d];
        }

        return sums;
    }

    private static void AddScaled(float[] target, float[] source, float[] scale, int sign)
    {
        for (var start = 0; start < target.Length; start += scale.Length)
        {
            for (var d = 0; d < scale.Length; d++)
                target[start + d] += sign * scale[d] * source[start + d];
        }
    }

    private static void Turn(float[] direction, float[] residual, float[] ratios)
    {
        for (var start = 0; start < direction.Length; start += ratios.Length)
        {
            for (var d = 0; d < ratios.Length; d++)
                direction[start + d] = residual[start + d] + (ratios[d] * direction[start + d]);
        }
    }
}

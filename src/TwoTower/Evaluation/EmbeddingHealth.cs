using System.Numerics.Tensors;

namespace TwoTower.Evaluation;

/// <summary>Whether embeddings still tell items apart.</summary>
public sealed record EmbeddingHealth
{
    /// <summary>Values that are NaN or infinite.</summary>
    public required long NonFinite { get; init; }

    /// <summary>Mean squared distance of the unit vectors to their mean, in [0, 1]; 0 when all lie in one point.</summary>
    public required double Spread { get; init; }

    /// <summary>Dimensions that carry the spread: (Σλ)² / Σλ² over the eigenvalues λ of the covariance, in [1, dim]; 0 without spread.</summary>
    public required double EffectiveDimensions { get; init; }

    /// <param name="embeddings">Row-major [rows, dim].</param>
    /// <param name="dim">Embedding width.</param>
    public static EmbeddingHealth Of(ReadOnlySpan<float> embeddings, int dim)
    {
        var bad = 0L;
        foreach (var value in embeddings)
            bad += float.IsFinite(value) ? 0 : 1;
        if (bad > 0 || embeddings.IsEmpty)
            return new() { NonFinite = bad, Spread = 0, EffectiveDimensions = 0 };

        var (trace, squares) = Covariance(embeddings, dim);
        return new() { NonFinite = 0, Spread = trace, EffectiveDimensions = trace < 1e-12 ? 0 : trace * trace / squares };
    }

    /// <summary>Trace and squared Frobenius norm of the covariance: Σλ and Σλ².</summary>
    private static (double Trace, double Squares) Covariance(ReadOnlySpan<float> embeddings, int dim)
    {
        var rows = embeddings.Length / dim;
        var mean = new float[dim];
        for (var r = 0; r < rows; r++)
            TensorPrimitives.Add(mean, embeddings.Slice(r * dim, dim), mean);
        TensorPrimitives.Divide(mean, rows, mean);

        var covariance = new float[dim * dim];
        var centred = new float[dim];
        for (var r = 0; r < rows; r++)
        {
            TensorPrimitives.Subtract(embeddings.Slice(r * dim, dim), mean, centred);
            for (var d = 0; d < dim; d++)
            {
                var row = covariance.AsSpan(d * dim, dim);
                TensorPrimitives.MultiplyAdd(centred, centred[d], row, row);
            }
        }

        double trace = 0, squares = 0;
        for (var a = 0; a < dim; a++)
        {
            trace += covariance[a * dim + a] / rows;
            for (var b = 0; b < dim; b++)
                squares += (double)covariance[a * dim + b] / rows * covariance[a * dim + b] / rows;
        }

        return (trace, squares);
    }
}

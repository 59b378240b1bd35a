using TwoTower.Kernels;

namespace TwoTower.Model;

/// <summary>One tower's weights and its forward pass.</summary>
public sealed class Tower
{
    /// <summary>Least length that an output vector is divided by.</summary>
    public const float NormEpsilon = 1e-12f;

    public Tower(TowerShape shape)
    {
        shape.Validate();
        Shape = shape;
        W1 = new float[checked(shape.InputDim * shape.HiddenDim)];
        B1 = new float[shape.HiddenDim];
        W2 = new float[shape.HiddenDim * shape.EmbeddingDim];
        B2 = new float[shape.EmbeddingDim];
        Skip = shape.LinearSkip ? new float[checked(shape.InputDim * shape.EmbeddingDim)] : [];
    }

    public TowerShape Shape { get; }

    /// <summary>Row-major [input_dim, hidden_dim].</summary>
    public float[] W1 { get; }

    /// <summary>[hidden_dim].</summary>
    public float[] B1 { get; }

    /// <summary>Row-major [hidden_dim, embedding_dim].</summary>
    public float[] W2 { get; }

    /// <summary>[embedding_dim].</summary>
    public float[] B2 { get; }

    /// <summary>Row-major [input_dim, embedding_dim]; empty without the skip.</summary>
    public float[] Skip { get; }

    /// <summary>Embeds rows [start, start + count).</summary>
    /// <param name="rows">Width input_dim.</param>
    /// <param name="start">First row.</param>
    /// <param name="count">Rows to embed.</param>
    /// <param name="embeddings">Row-major [count, embedding_dim], overwritten with unit vectors.</param>
    /// <param name="threads">0 takes all cores. The result does not depend on it.</param>
    /// <param name="cancellationToken">Checked every some hundred rows.</param>
    /// <exception cref="ArgumentException">A width or a length does not match.</exception>
    public void Embed(SparseRows rows, int start, int count, Span<float> embeddings, int threads, CancellationToken cancellationToken) =>
        TowerForward.Embed(this, rows, start, count, embeddings, threads, Simd.Best, cancellationToken);

    /// <summary>Embeds every row; row-major [rows, embedding_dim].</summary>
    public float[] Embed(SparseRows rows, int threads, CancellationToken cancellationToken)
    {
        var embeddings = new float[checked(rows.Rows * Shape.EmbeddingDim)];
        Embed(rows, 0, rows.Rows, embeddings, threads, cancellationToken);
        return embeddings;
    }

    /// <summary>The tensors that this shape has, named <c>{prefix}.w1</c> and so on, in a fixed order.</summary>
    public IEnumerable<NamedTensor> Tensors(string prefix)
    {
        if (Shape.HiddenDim > 0)
        {
            yield return new($"{prefix}.w1", [Shape.InputDim, Shape.HiddenDim], W1);
            yield return new($"{prefix}.b1", [Shape.HiddenDim], B1);
            yield return new($"{prefix}.w2", [Shape.HiddenDim, Shape.EmbeddingDim], W2);
        }

        yield return new($"{prefix}.b2", [Shape.EmbeddingDim], B2);
        if (Shape.LinearSkip)
            yield return new($"{prefix}.skip", [Shape.InputDim, Shape.EmbeddingDim], Skip);
    }
}

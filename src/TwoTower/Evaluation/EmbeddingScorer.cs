using System.Numerics.Tensors;

namespace TwoTower.Evaluation;

/// <summary>Dot product of user and item embeddings.</summary>
public sealed class EmbeddingScorer : IItemScorer
{
    private readonly float[] _users;
    private readonly float[] _items;
    private readonly int _dim;

    /// <param name="users">Row-major [users, dim].</param>
    /// <param name="items">Row-major [items, dim].</param>
    /// <param name="dim">Embedding width, at least 1.</param>
    /// <exception cref="ArgumentException">A length is no multiple of dim, or a value is not finite.</exception>
    public EmbeddingScorer(float[] users, float[] items, int dim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1);
        Require(users, dim, nameof(users));
        Require(items, dim, nameof(items));
        (_users, _items, _dim) = (users, items, dim);
    }

    public int Users => _users.Length / _dim;

    public int Items => _items.Length / _dim;

    public void Score(int firstUser, int users, int firstItem, int items, Span<float> scores)
    {
        for (var u = 0; u < users; u++)
        {
            var user = _users.AsSpan((firstUser + u) * _dim, _dim);
            var row = scores.Slice(u * items, items);
            for (var i = 0; i < items; i++)
                row[i] = TensorPrimitives.Dot(user, _items.AsSpan((firstItem + i) * _dim, _dim));
        }
    }

    private static void Require(float[] values, int dim, string name)
    {
        if (values.Length % dim != 0)
            throw new ArgumentException($"{name}: {values.Length} values, expected a multiple of the dimension {dim}", name);

        var bad = values.AsSpan().IndexOfAnyExceptInRange(float.MinValue, float.MaxValue);
        if (bad >= 0)
            throw new ArgumentException($"{name}, row {bad / dim}, dimension {bad % dim}: {values[bad]}, expected a finite number", name);
    }
}

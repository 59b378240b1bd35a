using TwoTower.Kernels;

namespace TwoTower.Evaluation;

/// <summary>Dot product of user and item embeddings.</summary>
public sealed class EmbeddingScorer : IItemScorer
{
    private readonly float[] _users;
    private readonly PackedPanels _items = new();
    private readonly int _dim;

    /// <param name="users">Row-major [users, dim].</param>
    /// <param name="items">Row-major [items, dim].</param>
    /// <param name="dim">Embedding width, at least 1.</param>
    /// <exception cref="ArgumentException">A length is no multiple of dim, or a value is not finite.</exception>
    public unsafe EmbeddingScorer(float[] users, float[] items, int dim)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dim, 1);
        Require(users, dim, nameof(users));
        Require(items, dim, nameof(items));
        (_users, _dim) = (users, dim);
        fixed (float* values = items)
            _items.PackAll(dim, items.Length / dim, values, 1, dim);
    }

    public int Users => _users.Length / _dim;

    public int Items => _items.Columns;

    public unsafe void Score(int firstUser, int users, int firstItem, int items, Span<float> scores)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstUser + users, Users);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstItem + items, Items);
        ArgumentOutOfRangeException.ThrowIfLessThan(scores.Length, users * items);
        fixed (float* rows = _users, target = scores)
        {
            // a packed panel starts at every 32nd item; items before the asked ones in the first panel are scored apart
            var skipped = firstItem % PackedPanels.Width;
            if (skipped == 0)
            {
                Gemm.Multiply(Simd.Best, users, rows + ((long)firstUser * _dim), _dim, 1, _items.Slice(firstItem, items), target, items);
                return;
            }

            var wide = new float[users * (skipped + items)];
            fixed (float* all = wide)
                Gemm.Multiply(Simd.Best, users, rows + ((long)firstUser * _dim), _dim, 1, _items.Slice(firstItem - skipped, skipped + items), all, skipped + items);
            for (var u = 0; u < users; u++)
                wide.AsSpan((u * (skipped + items)) + skipped, items).CopyTo(scores[(u * items)..]);
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

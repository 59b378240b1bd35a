namespace TwoTower.Evaluation;

/// <summary>Keeps the best k of a stream of scored items. Ties go to the smaller item index, so the result does not depend on the order.</summary>
internal sealed class TopItems(int k)
{
    private readonly int[] _items = new int[k];
    private readonly float[] _scores = new float[k];
    private int _count;

    /// <summary>A score at or below this one cannot get in, unless a tie with a smaller index.</summary>
    public float Threshold => _count < k ? float.NegativeInfinity : _scores[0];

    public void Clear() => _count = 0;

    public void Offer(int item, float score)
    {
        if (_count < k)
        {
            _items[_count] = item;
            _scores[_count] = score;
            Up(_count++);
            return;
        }

        if (!IsWorse(_scores[0], _items[0], score, item))
            return;

        (_items[0], _scores[0]) = (item, score);
        Down(0, _count);
    }

    /// <summary>Sorts best first and hands out the list; the next call must be <see cref="Clear"/>.</summary>
    public void Take(out ReadOnlySpan<int> items, out ReadOnlySpan<float> scores)
    {
        for (var end = _count - 1; end > 0; end--)
        {
            Swap(0, end);
            Down(0, end);
        }

        items = _items.AsSpan(0, _count);
        scores = _scores.AsSpan(0, _count);
    }

    private static bool IsWorse(float score, int item, float otherScore, int otherItem) =>
        score < otherScore || (score == otherScore && item > otherItem);

    private void Up(int child)
    {
        while (child > 0)
        {
            var parent = (child - 1) / 2;
            if (!IsWorse(_scores[child], _items[child], _scores[parent], _items[parent]))
                return;
            Swap(child, parent);
            child = parent;
        }
    }

    private void Down(int parent, int count)
    {
        while (true)
        {
            var worst = 2 * parent + 1;
            if (worst >= count)
                return;
            if (worst + 1 < count && IsWorse(_scores[worst + 1], _items[worst + 1], _scores[worst], _items[worst]))
                worst++;
            if (!IsWorse(_scores[worst], _items[worst], _scores[parent], _items[parent]))
                return;
            Swap(parent, worst);
            parent = worst;
        }
    }

    private void Swap(int a, int b)
    {
        (_items[a], _items[b]) = (_items[b], _items[a]);
        (_scores[a], _scores[b]) = (_scores[b], _scores[a]);
    }
}

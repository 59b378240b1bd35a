namespace TwoTower.Evaluation;

/// <summary>Baseline: a score in [0, 1) that is a pure function of (seed, user, item).</summary>
public sealed class RandomScorer(int users, int items, int seed) : IItemScorer
{
    public int Users { get; } = users;

    public int Items { get; } = items;

    public void Score(int firstUser, int users, int firstItem, int items, Span<float> scores)
    {
        for (var u = 0; u < users; u++)
        {
            for (var i = 0; i < items; i++)
                scores[u * items + i] = Draw(firstUser + u, firstItem + i);
        }
    }

    private float Draw(int user, int item)
    {
        var generator = new SplitMix64(((ulong)(uint)seed << 40) ^ ((ulong)(uint)user << 32) * 0x9E3779B97F4A7C15UL ^ (uint)item);
        return (generator.Next() >> 40) * (1f / (1 << 24));
    }
}

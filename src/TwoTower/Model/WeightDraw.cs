namespace TwoTower.Model;

/// <summary>Seeded random starting weights.</summary>
internal static class WeightDraw
{
    public static void Fill(Tower tower, int seed, int stream, ModelInitialisation initialisation)
    {
        var output = initialisation.Output ?? Math.Sqrt(1.0 / Math.Max(1, tower.Shape.HiddenDim));
        Fill(tower.W1, CounterRandom.Key(seed, stream, 1), initialisation.Hidden);
        Fill(tower.W2, CounterRandom.Key(seed, stream, 2), output);
        Fill(tower.Skip, CounterRandom.Key(seed, stream, 3), initialisation.Skip);
    }

    private static void Fill(float[] weights, ulong key, double deviation)
    {
        for (var k = 0; k < weights.Length; k++)
            weights[k] = (float)(CounterRandom.Normal(key, (uint)k) * deviation);
    }
}

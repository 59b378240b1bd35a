using System.Numerics;
using System.Runtime.InteropServices;
using TwoTower.Model;

namespace TwoTower.Evaluation;

/// <summary>
/// How often a resample draws a user: Poisson with mean 1, each user on its own, so that any block of users can be drawn without the
/// others.
/// </summary>
/// <remarks>Chamandy, Muralidharan, Najmi, Naidu: Estimating Uncertainty for Massive Data Streams, Google 2012.</remarks>
internal static class ResampleCounts
{
    private const int Stream = 0x4253;

    /// <summary>[k]: a draw at or above it counts more than k times.</summary>
    private static readonly uint[] Thresholds = Poisson();

    /// <summary>How often one user is drawn.</summary>
    public static int Count(int seed, int resample, int user)
    {
        var draw = CounterRandom.Draw(CounterRandom.Key(seed, Stream, resample), (uint)user);
        return Thresholds.Count(threshold => draw >= threshold);
    }

    /// <summary>The same for neighbouring users, as numbers to multiply with.</summary>
    /// <param name="firstUser">The first of them.</param>
    /// <param name="counts">A multiple of the vector's width long; overwritten.</param>
    public static void Fill(int seed, int resample, int firstUser, Span<float> counts)
    {
        var key = CounterRandom.Key(seed, Stream, resample);
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(counts);
        var users = Vector<uint>.Indices + new Vector<uint>((uint)firstUser);
        for (var v = 0; v < vectors.Length; v++, users += new Vector<uint>((uint)Vector<uint>.Count))
        {
            var draw = CounterRandom.Draw(key, users);
            var count = Vector<uint>.Zero;
            foreach (var threshold in Thresholds)
                count -= Vector.GreaterThanOrEqual(draw, new Vector<uint>(threshold)); // true is −1
            vectors[v] = Vector.ConvertToSingle(Vector.AsVectorInt32(count));
        }
    }

    private static uint[] Poisson()
    {
        var thresholds = new List<uint>();
        double term = Math.Exp(-1), below = term;
        for (var k = 1; below * 4294967296.0 < uint.MaxValue; k++)
        {
            thresholds.Add(CounterRandom.Threshold(below));
            below += term /= k;
        }

        return [.. thresholds];
    }
}

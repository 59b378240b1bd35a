using System.Numerics;
using System.Runtime.CompilerServices;

namespace TwoTower.Model;

/// <summary>Random numbers as a pure function of a key and a counter, so that neither thread count nor resume changes a draw.</summary>
/// <remarks>Keys are mixed with SplitMix64, draws with the 32-bit finaliser of MurmurHash3 over key-whitened counters.</remarks>
public static class CounterRandom
{
    /// <summary>A key for one purpose; different arguments give unrelated keys.</summary>
    public static ulong Key(int seed, int stream, long step) =>
        Mix(Mix(Mix((ulong)(uint)seed + 0x9E3779B97F4A7C15UL) ^ (ulong)(uint)stream * 0xD1B54A32D192ED03UL) ^ (ulong)step);

    /// <summary>Uniform over all 32-bit numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Draw(ulong key, uint counter)
    {
        var x = (counter * 0x9E3779B9u) ^ (uint)key;
        x = (x ^ (x >> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >> 13)) * 0xC2B2AE35u;
        x = (x ^ (x >> 16)) + (uint)(key >> 32);
        x = (x ^ (x >> 15)) * 0x2C1B3C6Du;
        return x ^ (x >> 16);
    }

    /// <summary>The same for several counters at once.</summary>
    public static Vector<uint> Draw(ulong key, Vector<uint> counters)
    {
        var x = (counters * 0x9E3779B9u) ^ new Vector<uint>((uint)key);
        x = (x ^ (x >>> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >>> 13)) * 0xC2B2AE35u;
        x = (x ^ (x >>> 16)) + new Vector<uint>((uint)(key >> 32));
        x = (x ^ (x >>> 15)) * 0x2C1B3C6Du;
        return x ^ (x >>> 16);
    }

    /// <summary>Uniform in [0, bound); bound at least 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Below(ulong key, uint counter, int bound) => (int)(((ulong)Draw(key, counter) * (uint)bound) >> 32);

    /// <summary>A draw is below this with probability <paramref name="share"/>.</summary>
    public static uint Threshold(double share) => (uint)Math.Min(uint.MaxValue, share * 4294967296.0);

    /// <summary>Standard normal (Box and Muller, from counters 2c and 2c + 1).</summary>
    public static double Normal(ulong key, uint counter)
    {
        var radius = Math.Sqrt(-2 * Math.Log((Draw(key, counter * 2) + 1.0) / 4294967297.0));
        return radius * Math.Cos(Draw(key, (counter * 2) + 1) * (2 * Math.PI / 4294967296.0));
    }

    private static ulong Mix(ulong x)
    {
        x += 0x9E3779B97F4A7C15UL;
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9UL;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EBUL;
        return x ^ (x >> 31);
    }
}

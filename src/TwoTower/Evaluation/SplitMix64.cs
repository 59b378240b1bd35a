namespace TwoTower.Evaluation;

/// <summary>A small counter-based generator: streams for any (seed, index) pair cost nothing to start.</summary>
/// <remarks>Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014.</remarks>
internal struct SplitMix64(ulong seed)
{
    private ulong _state = seed;

    public ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, bound); bias below bound / 2^32.</summary>
    public int Next(int bound) => (int)((Next() >> 32) * (ulong)(uint)bound >> 32);
}

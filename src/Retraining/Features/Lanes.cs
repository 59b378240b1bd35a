namespace Retraining.Features;

/// <summary>
/// Columns are worked on in whole vectors of 512 bits, which the compiler makes of narrower ones where the processor has none so wide: the
/// lanes, and with them the bits of every result, are the same everywhere.
/// </summary>
internal static class Lanes
{
    public const int Longs = 8;
    public const int Ints = 16;

    /// <summary>So many longs or doubles, and as many more as fill the last vector.</summary>
    public static int Whole(int longs) => (longs + (Longs - 1)) & -Longs;

    /// <summary>So many ints, and as many more as fill the last vector.</summary>
    public static int WholeInts(int ints) => (ints + (Ints - 1)) & -Ints;
}

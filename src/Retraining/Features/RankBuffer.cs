using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Retraining.Features;

/// <summary>Ranks, of which the middle is found by counting how many are below a bound instead of by sorting. Not thread-safe.</summary>
internal sealed class RankBuffer
{
    private int[] _ranks = [];

    /// <summary>Room to write so many ranks and one more to.</summary>
    public Span<int> Room(int count)
    {
        if (_ranks.Length < count + 1 + Lanes.Ints)
            _ranks = new int[(2 * count) + 1 + Lanes.Ints];
        return _ranks;
    }

    /// <summary>The two ranks that would stand in the middle if they were sorted; twice the same one of an odd count.</summary>
    /// <remarks>
    /// Seeks a number that exactly half of the ranks are below: those beside it are the middle. Without one, equal ranks fill the middle.
    /// </remarks>
    /// <param name="count">Ranks that were written, at least 1.</param>
    /// <param name="bound">Every rank is in [0, bound).</param>
    public (int Lower, int Upper) Middle(int count, int bound)
    {
        Vector512.Create(int.MaxValue).CopyTo(_ranks, count); // what fills the last vector is below nothing
        var ranks = _ranks.AsSpan(0, Lanes.WholeInts(count));
        var (half, from, width) = (count / 2, 0, bound);
        do
        {
            // At most half are below `from`, and more below `from + width`, which falls to a quarter.
            width = (width + 3) >> 2;
            var (first, second, third) = (from + width, from + (2 * width), from + (3 * width));
            var (one, two, three) = Below(ranks, first, second, third);
            if (one == half || two == half || three == half)
                return Around(ranks, one == half ? first : two == half ? second : third, isOdd: count % 2 == 1);
            from += width * (AtMost(one, half) + AtMost(two, half) + AtMost(three, half));
        }
        while (width > 1);

        return (from, from);
    }

    private static (int One, int Two, int Three) Below(ReadOnlySpan<int> ranks, int one, int two, int three)
    {
        var (first, second, third) = (Vector512.Create(one), Vector512.Create(two), Vector512.Create(three));
        var (belowFirst, belowSecond, belowThird) = (0, 0, 0);
        ref var rank = ref MemoryMarshal.GetReference(ranks);
        for (var k = 0; k < ranks.Length; k += Lanes.Ints)
        {
            var some = Vector512.LoadUnsafe(ref rank, (nuint)k);
            belowFirst += Count(Vector512.LessThan(some, first));
            belowSecond += Count(Vector512.LessThan(some, second));
            belowThird += Count(Vector512.LessThan(some, third));
        }

        return (belowFirst, belowSecond, belowThird);
    }

    /// <summary>The largest rank below a number and the smallest that is not.</summary>
    private static (int Lower, int Upper) Around(ReadOnlySpan<int> ranks, int number, bool isOdd)
    {
        var (bound, below, above) = (Vector512.Create(number), Vector512.Create(-1), Vector512.Create(int.MaxValue));
        for (var k = 0; k < ranks.Length; k += Lanes.Ints)
        {
            var some = Vector512.Create(ranks[k..]);
            var isBelow = Vector512.LessThan(some, bound);
            below = Vector512.ConditionalSelect(isBelow, Vector512.Max(below, some), below);
            above = Vector512.ConditionalSelect(isBelow, above, Vector512.Min(above, some));
        }

        var upper = ~Largest(~above);
        return (isOdd ? upper : Largest(below), upper);
    }

    private static int Count(Vector512<int> mask) => BitOperations.PopCount(mask.ExtractMostSignificantBits());

    private static int AtMost(int count, int place) => 1 - ((place - count) >>> 31);

    private static int Largest(Vector512<int> ranks)
    {
        var eight = Vector256.Max(ranks.GetLower(), ranks.GetUpper());
        var four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        var two = Vector128.Max(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
        return Math.Max(two.ToScalar(), two.GetElement(1));
    }
}

using System.Numerics;
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
    /// <param name="count">Ranks that were written, at least 1.</param>
    /// <param name="bound">Every rank is in [0, bound).</param>
    public (int Lower, int Upper) Middle(int count, int bound)
    {
        Vector512.Create(int.MaxValue).CopyTo(_ranks, count); // what fills the last vector is below nothing
        var ranks = _ranks.AsSpan(0, Lanes.WholeInts(count));
        var upper = Select(ranks, count / 2, bound);
        return (count % 2 == 1 ? upper : Before(ranks, count / 2, upper), upper);
    }

    /// <summary>The rank at a place of the sorted ones: the largest number that no more ranks than that are below.</summary>
    /// <remarks>Two bits at a time from the highest down, counted at three bounds side by side; no branch depends on a rank.</remarks>
    private static int Select(ReadOnlySpan<int> ranks, int place, int bound)
    {
        var found = 0;
        for (var shift = (BitOperations.Log2((uint)bound) / 2) * 2; shift >= 0; shift -= 2)
        {
            var (one, two, three) = Below(ranks, found + (1 << shift), found + (2 << shift), found + (3 << shift));
            found += (AtMost(one, place) + AtMost(two, place) + AtMost(three, place)) << shift;
        }

        return found;
    }

    private static (int One, int Two, int Three) Below(ReadOnlySpan<int> ranks, int one, int two, int three)
    {
        var (first, second, third) = (Vector512.Create(one), Vector512.Create(two), Vector512.Create(three));
        var (belowFirst, belowSecond, belowThird) = (0, 0, 0);
        for (var k = 0; k < ranks.Length; k += Lanes.Ints)
        {
            var some = Vector512.Create(ranks[k..]);
            belowFirst += Count(Vector512.LessThan(some, first));
            belowSecond += Count(Vector512.LessThan(some, second));
            belowThird += Count(Vector512.LessThan(some, third));
        }

        return (belowFirst, belowSecond, belowThird);
    }

    /// <summary>The rank at the place before that of <paramref name="next"/>: the same one again, or the largest below.</summary>
    private static int Before(ReadOnlySpan<int> ranks, int place, int next)
    {
        var (bound, largest, below) = (Vector512.Create(next), Vector512.Create(-1), 0);
        for (var k = 0; k < ranks.Length; k += Lanes.Ints)
        {
            var some = Vector512.Create(ranks[k..]);
            var isBelow = Vector512.LessThan(some, bound);
            below += Count(isBelow);
            largest = Vector512.Max(largest, Vector512.ConditionalSelect(isBelow, some, largest));
        }

        return below < place ? next : Largest(largest);
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

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Retraining.Features;

/// <summary>What likes count that are older than the newest one: 2^(-age / half-life), to 13 digits at least.</summary>
/// <remarks>
/// Nothing but sums and products that IEEE 754 defines to the bit, in one order: the same bits on every processor, of one like and of many.
/// </remarks>
internal readonly struct HalfLife
{
    /// <summary>Half-lives after which a weight falls no further: it is the least normal double, long 0 as a float32.</summary>
    private const double Most = 1022;

    /// <summary>1.5 · 2^52: of a sum with it, the lowest bits are the other number, rounded to a whole one.</summary>
    private const double Rounding = 6755399441055744;

    /// <summary>2^52: its bits and those of a smaller whole number are together their sum.</summary>
    private const double Integer = 4503599627370496;

    /// <summary>Of a double: where its exponent begins, and what stands there for 2^0.</summary>
    private const int ExponentShift = 52;
    private const long ExponentOfOne = 1023;

    private readonly double _perMs;

    /// <param name="days">Greater than 0.</param>
    public HalfLife(double days) => _perMs = 1 / (days * UtcCalendar.DayMs);

    /// <summary>(ln 2)^k / k! from the highest power down: the Taylor series of 2^f, whose rest is below 5e-18 where |f| ≤ 1/2.</summary>
    private static ReadOnlySpan<double> Taylor =>
    [
        1.3691488853904128e-12, 2.5678435993488206e-11, 4.4455382718708116e-10, 7.054911620801123e-09,
        1.01780860092397e-07, 1.321548679014431e-06, 1.5252733804059841e-05, 0.0001540353039338161,
        0.0013333558146428443, 0.009618129107628477, 0.05550410866482158, 0.24022650695910072,
        0.6931471805599453, 1,
    ];

    /// <summary>Of one like.</summary>
    /// <param name="ageMs">Milliseconds from it to the newest like, in [0, 2^52).</param>
    /// <returns>In (0, 1].</returns>
    public double WeightOf(long ageMs)
    {
        var age = Math.Min(ageMs * _perMs, Most);
        var rounded = age + Rounding;
        var rest = rounded - Rounding - age;
        var power = Taylor[0];
        foreach (var coefficient in Taylor[1..])
            power = (power * rest) + coefficient;
        return power * BitConverter.Int64BitsToDouble((ExponentOfOne - BitConverter.DoubleToInt64Bits(rounded)) << ExponentShift);
    }

    /// <summary>Of many likes, eight at a time.</summary>
    /// <param name="times">Unix milliseconds; whole vectors (<see cref="Lanes"/>), what is beyond the likes may be anything.</param>
    /// <param name="newest">Unix milliseconds, not before any of them.</param>
    /// <param name="weights">As many; overwritten.</param>
    public void Weigh(ReadOnlySpan<long> times, long newest, Span<double> weights)
    {
        for (var k = 0; k < times.Length; k += Lanes.Longs)
            Weights(Vector512.Create(newest) - Vector512.Create(times[k..])).CopyTo(weights[k..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector512<double> Weights(Vector512<long> ageMs)
    {
        var milliseconds = (ageMs + Vector512.Create(Integer).AsInt64()).AsDouble() - Vector512.Create(Integer);
        var age = Vector512.Min(milliseconds * _perMs, Vector512.Create(Most));
        var rounded = age + Vector512.Create(Rounding);
        var rest = rounded - Vector512.Create(Rounding) - age;
        var power = Vector512.Create(Taylor[0]);
        foreach (var coefficient in Taylor[1..])
            power = (power * rest) + Vector512.Create(coefficient);
        return power * ((Vector512.Create(ExponentOfOne) - rounded.AsInt64()) << ExponentShift).AsDouble();
    }
}

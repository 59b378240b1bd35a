using System.Runtime.Intrinsics;

namespace Retraining.Features;

/// <summary>Hours and days of unix milliseconds, UTC.</summary>
internal static class UtcCalendar
{
    public const double DayMs = 86_400_000;
    private const long HourMs = 3_600_000;

    /// <summary>1.5 · 2^52: its bits and those of a whole number below 2^51 are together their sum.</summary>
    private const double Whole = 6755399441055744;

    /// <summary>0 to 23.</summary>
    public static int Hour(long unixMs) => (int)(((HoursSinceEpoch(unixMs) % 24) + 24) % 24);

    /// <summary>day · 24 + hour, day 0 is Sunday: 0 to 167.</summary>
    public static int HourOfWeek(long unixMs)
    {
        var hours = HoursSinceEpoch(unixMs) + (4 * 24); // 1 January 1970 was a Thursday
        return (int)(((hours % 168) + 168) % 168);
    }

    /// <summary>Sum of <see cref="Hour"/>, eight moments at a time.</summary>
    /// <param name="unixMs">Whole vectors (<see cref="Lanes"/>), filled up with zeros; within the range of <see cref="DateTimeOffset"/>.</param>
    public static double HourSum(ReadOnlySpan<long> unixMs)
    {
        var sum = Vector512<double>.Zero;
        for (var k = 0; k < unixMs.Length; k += Lanes.Longs)
        {
            // Half a unit away from the next whole quotient, so that multiplying by the rounded reciprocal never crosses it.
            var milliseconds = (Vector512.Create(unixMs[k..]) + Vector512.Create(Whole).AsInt64()).AsDouble() - Vector512.Create(Whole);
            var hours = Vector512.Floor((milliseconds + Vector512.Create(0.5)) * (1.0 / HourMs));
            var days = Vector512.Floor((hours + Vector512.Create(0.5)) * (1.0 / 24));
            sum += hours - (days * 24);
        }

        return Vector512.Sum(sum); // of whole numbers: exact in any order
    }

    /// <summary>How many of ascending times are before a moment, without a branch that depends on them.</summary>
    public static int CountBefore(ReadOnlySpan<long> times, long moment)
    {
        var (first, left) = (0, times.Length);
        while (left > 0)
        {
            var half = (left + 1) / 2;
            first += half & (int)((times[first + half - 1] - moment) >> 63);
            left -= half;
        }

        return first;
    }

    private static long HoursSinceEpoch(long unixMs) => (unixMs - (((unixMs % HourMs) + HourMs) % HourMs)) / HourMs;
}

namespace Retraining.Features;

/// <summary>Hours and days of unix milliseconds, UTC.</summary>
internal static class UtcCalendar
{
    public const double DayMs = 86_400_000;
    private const long HourMs = 3_600_000;

    /// <summary>0 to 23.</summary>
    public static int Hour(long unixMs) => (int)(((HoursSinceEpoch(unixMs) % 24) + 24) % 24);

    /// <summary>day · 24 + hour, day 0 is Sunday: 0 to 167.</summary>
    public static int HourOfWeek(long unixMs)
    {
        var hours = HoursSinceEpoch(unixMs) + (4 * 24); // 1 January 1970 was a Thursday
        return (int)(((hours % 168) + 168) % 168);
    }

    private static long HoursSinceEpoch(long unixMs) => (unixMs - (((unixMs % HourMs) + HourMs) % HourMs)) / HourMs;
}

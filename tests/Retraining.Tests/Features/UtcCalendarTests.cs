using Retraining.Features;

namespace Retraining.Tests.Features;

public sealed class UtcCalendarTests
{
    private const long HourMs = 3_600_000;

    [Theory]
    [InlineData("1970-01-01T00:00:00Z", 0)]
    [InlineData("1969-12-31T23:59:59.999Z", 23)]
    [InlineData("2026-01-01T05:59:59.999Z", 5)]
    [InlineData("2026-01-01T06:00:00Z", 6)]
    [InlineData("0001-01-01T00:00:00Z", 0)]
    [InlineData("9999-12-31T23:59:59.999Z", 23)]
    public void HourSum_OneMoment_IsItsHour(string moment, int hour)
    {
        var unixMs = World.Ms(moment);
        Assert.Equal(hour, UtcCalendar.Hour(unixMs));
        Assert.Equal(hour, UtcCalendar.HourSum([unixMs, 0, 0, 0, 0, 0, 0, 0]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(4000)]
    public void HourSum_ManyMoments_IsTheSumOfTheirHours(int count)
    {
        var random = new Random(count);
        var (first, last) = (World.Ms("0001-01-01"), World.Ms("9999-12-31"));
        long[] moments = [.. Enumerable.Range(0, count).Select(k => Near(random.NextInt64(first, last), k))];
        Assert.Equal(moments.Sum(UtcCalendar.Hour), UtcCalendar.HourSum(moments));
    }

    [Fact]
    public void CountBefore_AscendingTimes_CountsThoseBefore()
    {
        var random = new Random(3);
        for (var count = 0; count < 70; count++)
        {
            long[] times = [.. Enumerable.Range(0, count).Select(_ => (long)random.Next(40)).Order()];
            for (var moment = -1; moment < 42; moment++)
                Assert.Equal(times.Count(time => time < moment), UtcCalendar.CountBefore(times, moment));
        }
    }

    /// <summary>Every other moment is where an hour begins, or a millisecond before.</summary>
    private static long Near(long unixMs, int k) => k % 2 == 0 ? unixMs : (unixMs / HourMs * HourMs) - (k / 2 % 2);
}

using System.Globalization;
using Retraining.Configuration;
using Retraining.Schedule;

namespace Retraining.Tests.Schedule;

public sealed class WeeklyScheduleTests
{
    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static WeeklySchedule Schedule(string expression, string zone) =>
        WeeklySchedule.From(new ScheduleSettings { Expression = expression, TimeZone = zone });

    [Fact]
    public void Next_Default_IsSundayFourInTokyo()
    {
        var next = WeeklySchedule.From(new ScheduleSettings()).Next(Utc("2026-11-20T12:00Z"))!;

        var tokyo = TimeZoneInfo.ConvertTime(next.At, TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"));
        Assert.Equal(new DateTime(2026, 11, 22, 4, 0, 0), tokyo.DateTime);
        Assert.Equal(DayOfWeek.Sunday, tokyo.DayOfWeek);
        Assert.Equal("retrain-2026-W47", next.RunId);
    }

    [Fact]
    public void Next_SameMomentToldInTwoZones_IsTheSameRun()
    {
        var now = Utc("2026-11-20T12:00Z");
        Assert.Equal(Schedule("0 0 19 * * 6", "UTC").Next(now), Schedule("0 0 4 * * 0", "Asia/Tokyo").Next(now));
    }

    [Fact]
    public void Next_AtAnOccurrence_IsTheOneAfter() =>
        Assert.Equal(Utc("2026-11-28T19:00Z"), Schedule("0 0 19 * * 6", "UTC").Next(Utc("2026-11-21T19:00Z"))!.At);

    [Fact]
    public void Next_FiveFields_AreReadWithoutSeconds() =>
        Assert.Equal(Utc("2026-11-21T19:00Z"), Schedule("0 19 * * 6", "UTC").Next(Utc("2026-11-20T00:00Z"))!.At);

    // New York: EST is UTC-5, EDT is UTC-4; clocks change at 02:00 on 8 March and on 1 November 2026.
    [Theory]
    [InlineData("0 0 4 * * 0", "2026-03-01T12:00Z", "2026-03-08T08:00Z")] // after the jump, EDT: 04:00 + 4
    [InlineData("0 0 4 * * 0", "2026-02-26T12:00Z", "2026-03-01T09:00Z")] // the week before, EST: 04:00 + 5
    [InlineData("0 30 2 * * 0", "2026-03-01T12:00Z", "2026-03-08T07:00Z")] // 02:30 does not exist: at the jump, 03:00 EDT
    [InlineData("0 30 1 * * 0", "2026-10-31T12:00Z", "2026-11-01T05:30Z")] // 01:30 comes twice: the first, EDT
    [InlineData("0 30 1 * * 0", "2026-11-01T05:30Z", "2026-11-08T06:30Z")] // and not again an hour later
    public void Next_AcrossDaylightSaving_KeepsLocalTime(string expression, string after, string expected) =>
        Assert.Equal(Utc(expected), Schedule(expression, "America/New_York").Next(Utc(after))!.At);

    [Fact]
    public void Upcoming_YearOfWeeks_HasOneRunAWeekAndNoIdTwice()
    {
        var runs = Schedule("0 30 2 * * 0", "Europe/Berlin").Upcoming(Utc("2026-01-01T00:00Z")).Take(53).ToList();

        Assert.Equal(53, runs.Select(run => run.RunId).Distinct().Count());
        Assert.All(runs.Zip(runs.Skip(1)), pair => Assert.InRange((pair.Second.At - pair.First.At).TotalHours, 167, 169));
    }

    // 2026-12-31 is a Thursday, so 2026 has an ISO week 53, which reaches to Sunday 3 January 2027.
    [Theory]
    [InlineData("2027-01-01T00:00Z", "retrain-2026-W53")]
    [InlineData("2027-01-04T00:00Z", "retrain-2027-W01")]
    public void Next_AroundNewYear_TakesTheIsoYear(string after, string runId) =>
        Assert.Equal(runId, Schedule("0 0 4 * * 0", "Asia/Tokyo").Next(Utc(after))!.RunId);

    [Theory]
    [InlineData("2026-11-21T18:59:59Z", "2026-11-14T19:00Z")]
    [InlineData("2026-11-21T19:00:00Z", "2026-11-21T19:00Z")]
    [InlineData("2026-11-24T00:00:00Z", "2026-11-21T19:00Z")]
    public void Last_AroundAnOccurrence_IsTheNewestThatIsDue(string now, string expected) =>
        Assert.Equal(Utc(expected), WeeklySchedule.From(new ScheduleSettings()).Last(Utc(now))!.At);

    [Fact]
    public void Next_DateThatNeverComes_IsNull() => Assert.Null(Schedule("0 0 4 30 2 *", "UTC").Next(Utc("2026-01-01T00:00Z")));

    [Theory]
    [InlineData("0 0 25 * * 6", "UTC", "0 0 25 * * 6")]
    [InlineData("weekly", "UTC", "weekly")]
    [InlineData("0 0 19 * * 6", "Asia/Tokio", "Asia/Tokio")]
    public void From_Unreadable_SaysWhatWasFoundAndExpected(string expression, string zone, string found)
    {
        var error = Assert.Throws<SettingsException>(() => Schedule(expression, zone));
        Assert.Contains($"\"{found}\"", error.Message, StringComparison.Ordinal);
        Assert.Contains("expected", error.Message, StringComparison.Ordinal);
    }
}

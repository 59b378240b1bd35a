using System.Globalization;
using NCrontab;
using Retraining.Configuration;

namespace Retraining.Schedule;

/// <summary>
/// The occurrences of an NCRONTAB expression, read in a time zone. A local time that daylight saving skips runs at the moment
/// the clocks jump to; one that it repeats runs the first time only.
/// </summary>
public sealed class WeeklySchedule
{
    // No zone jumps by more, so a local time this much earlier is no later in UTC.
    private static readonly TimeSpan LargestJump = TimeSpan.FromHours(25);

    private static readonly TimeSpan[] LookBack =
        [TimeSpan.FromHours(1), TimeSpan.FromDays(1), TimeSpan.FromDays(8), TimeSpan.FromDays(32), TimeSpan.FromDays(367)];

    private readonly CrontabSchedule _crontab;
    private readonly TimeZoneInfo _zone;

    private WeeklySchedule(CrontabSchedule crontab, TimeZoneInfo zone, string expression)
    {
        _crontab = crontab;
        _zone = zone;
        Expression = expression;
    }

    public string Expression { get; }

    public string TimeZone => _zone.Id;

    /// <exception cref="SettingsException">The expression or the zone cannot be read.</exception>
    public static WeeklySchedule From(ScheduleSettings settings) =>
        new(ParseExpression(settings.Expression), FindZone(settings.TimeZone), settings.Expression);

    /// <summary>The first occurrence after <paramref name="instant"/>; null when there is none (30 February).</summary>
    public Occurrence? Next(DateTimeOffset instant) => Upcoming(instant).FirstOrDefault();

    /// <summary>The newest occurrence at or before <paramref name="instant"/>; null when the year before it has none.</summary>
    public Occurrence? Last(DateTimeOffset instant) => LookBack
        .Select(span => Upcoming(instant - span).TakeWhile(occurrence => occurrence.At <= instant).LastOrDefault())
        .FirstOrDefault(occurrence => occurrence is not null);

    /// <summary>Occurrences after <paramref name="instant"/>, in order, up to ten years ahead.</summary>
    public IEnumerable<Occurrence> Upcoming(DateTimeOffset instant)
    {
        var from = TimeZoneInfo.ConvertTime(instant, _zone).DateTime - LargestJump;
        var previous = instant;
        foreach (var local in _crontab.GetNextOccurrences(from, from.AddYears(10)))
        {
            var at = ToInstant(local);
            if (at <= previous)
                continue;
            previous = at;
            yield return new Occurrence(at, RunIdFor(at));
        }
    }

    private DateTimeOffset ToInstant(DateTime local)
    {
        if (_zone.IsInvalidTime(local))
            return EndOfGap(local);
        var offset = _zone.IsAmbiguousTime(local) ? _zone.GetAmbiguousTimeOffsets(local).Max() : _zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }

    private DateTimeOffset EndOfGap(DateTime local)
    {
        var minute = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0, DateTimeKind.Unspecified);
        while (_zone.IsInvalidTime(minute))
            minute = minute.AddMinutes(1);
        return new DateTimeOffset(minute, _zone.GetUtcOffset(minute)).ToUniversalTime();
    }

    private string RunIdFor(DateTimeOffset at)
    {
        var date = TimeZoneInfo.ConvertTime(at, _zone).DateTime;
        return string.Create(CultureInfo.InvariantCulture, $"retrain-{ISOWeek.GetYear(date)}-W{ISOWeek.GetWeekOfYear(date):00}");
    }

    private static CrontabSchedule ParseExpression(string expression)
    {
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        try
        {
            return CrontabSchedule.Parse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 });
        }
        catch (CrontabException error)
        {
            throw new SettingsException(
                [$"schedule.expression: \"{expression}\" ({fields} fields), expected NCRONTAB with 6 fields such as \"0 0 19 * * 6\": {error.Message}"]);
        }
    }

    private static TimeZoneInfo FindZone(string name)
    {
        try
        {
            return TimeZoneInfo.FindSystemTimeZoneById(name);
        }
        catch (Exception error) when (error is TimeZoneNotFoundException or InvalidTimeZoneException)
        {
            throw new SettingsException([$"schedule.time_zone: \"{name}\", expected an IANA name such as \"Asia/Tokyo\" (is tzdata installed?)"]);
        }
    }
}

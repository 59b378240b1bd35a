namespace Retraining.Schedule;

/// <summary>When the host starts a run by itself.</summary>
public sealed record ScheduleSettings
{
    public bool Enabled { get; init; } = true;

    /// <summary>NCRONTAB as in Azure Functions, <c>{second} {minute} {hour} {day} {month} {day-of-week}</c>. The default is Sunday 04:00 in Tokyo.</summary>
    public string Expression { get; init; } = "0 0 19 * * 6";

    /// <summary>IANA name of the zone that <see cref="Expression"/> is read in: <c>UTC</c>, <c>Asia/Tokyo</c>.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Start the newest run that was missed while no host was up, once.</summary>
    public bool CatchUp { get; init; } = true;
}

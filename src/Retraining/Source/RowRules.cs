using System.Globalization;

namespace Retraining.Source;

/// <summary>What a row's values must satisfy, whatever source they come from. One that does not is quarantined.</summary>
/// <param name="asOf">The run's start: what happens later than a day after it has not happened.</param>
internal sealed class RowRules(DateTimeOffset asOf)
{
    /// <summary>Online services do not keep events from before this; zero dates (1970) and the like are older.</summary>
    private static readonly DateTimeOffset FirstEvent = new(1990, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Films are older than services: the first ones.</summary>
    private static readonly DateTimeOffset FirstRelease = new(1870, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DateTimeOffset _lastEvent = asOf.AddDays(1);
    private readonly long _firstEventMs = FirstEvent.ToUnixTimeMilliseconds();
    private readonly long _lastEventMs = asOf.AddDays(1).ToUnixTimeMilliseconds();

    /// <summary>Releases are announced ahead, but not decades.</summary>
    private readonly DateTimeOffset _lastRelease = asOf.AddYears(5);

    public RowFault? Check(Profile profile) => Event("created_at", profile.CreatedAt);

    public RowFault? Check(VideoNumbers video)
    {
        if (video.Price is { } price && !(price >= 0 && double.IsFinite(price)))
            return new("price", price.ToString(CultureInfo.InvariantCulture), "a finite number of 0 or more");
        if (video.DurationSeconds < 0)
            return new("duration_seconds", video.DurationSeconds.Value.ToString(CultureInfo.InvariantCulture), "0 or more");
        return Event("created_at", video.CreatedAt)
            ?? Release("product_released_at", video.ProductReleasedAt)
            ?? Release("distribution_started_at", video.DistributionStartedAt)
            ?? Release("published_at", video.PublishedAt);
    }

    public RowFault? Check(Decision decision)
    {
        if (!(decision.Weight > 0 && float.IsFinite(decision.Weight)))
            return new("weight", decision.Weight.ToString(CultureInfo.InvariantCulture), "a finite number greater than 0");
        return Event("created_at", decision.CreatedAt);
    }

    /// <summary>Whether a decision may be of that time, unix milliseconds; <see cref="Check(Decision)"/> says what is wrong with it.</summary>
    public bool IsEventTime(long timeMs) => timeMs >= _firstEventMs && timeMs <= _lastEventMs;

    private RowFault? Event(string field, long? timeMs) => timeMs is { } ms && !IsEventTime(ms) ? Event(field, Date(ms)) : null;

    private RowFault? Event(string field, DateTimeOffset? date) => Between(field, date, FirstEvent, _lastEvent);

    private RowFault? Release(string field, long? timeMs) => timeMs is { } ms ? Between(field, Date(ms), FirstRelease, _lastRelease) : null;

    private static DateTimeOffset Date(long timeMs) => DateTimeOffset.FromUnixTimeMilliseconds(timeMs);

    private static RowFault? Between(string field, DateTimeOffset? date, DateTimeOffset first, DateTimeOffset last) =>
        date is null || (date >= first && date <= last) ? null : new(field, Show(date.Value), $"a date from {Show(first)} to {Show(last)}");

    private static string Show(DateTimeOffset date) => date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Retraining.Source;

/// <summary>Dates as JSON exports write them: ISO 8601, with <c>T</c> or a space, UTC when no offset is given.</summary>
internal static class DateText
{
    public const string Expected = "an ISO 8601 date such as 2026-03-01T12:00:00Z";

    public static bool TryParse(string text, out DateTimeOffset date)
    {
        date = default;
        // Only year-first dates: 03/01/2026 means two different days.
        return text.Length >= 10 && text[4] == '-' && text[7] == '-' && text.AsSpan(0, 4).IndexOfAnyExceptInRange('0', '9') < 0
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out date);
    }
}

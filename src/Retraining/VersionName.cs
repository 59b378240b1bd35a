using System.Globalization;

namespace Retraining;

/// <summary>The name of a version: the run's start, <c>yyyyMMdd_HHmmss</c> in UTC.</summary>
public static class VersionName
{
    private const string Format = "yyyyMMdd_HHmmss";

    public static string From(DateTimeOffset startedAt) => startedAt.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>Whether <paramref name="text"/> is one; guards every path built from input.</summary>
    public static bool IsValid(string text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}

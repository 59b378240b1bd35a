using System.Globalization;

namespace Retraining;

/// <summary>The name of a version: the run's start, <c>yyyyMMdd_HHmmss</c> in UTC.</summary>
public static class VersionName
{
    private const string Format = "yyyyMMdd_HHmmss";

    public static string From(DateTimeOffset startedAt) => startedAt.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);

    /// <summary>The start that a version is named after.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DateTimeOffset StartOf(string version) =>
        new(DateTime.ParseExact(version, Format, CultureInfo.InvariantCulture, DateTimeStyles.None), TimeSpan.Zero);

    /// <summary>Whether <paramref name="text"/> is one; guards every path built from input.</summary>
    public static bool IsValid(string text) =>
        DateTime.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
}

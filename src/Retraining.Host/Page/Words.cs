using System.Globalization;

namespace Retraining.Host.Page;

/// <summary>Numbers and times as a person reads them.</summary>
internal static class Words
{
    private static readonly string[] SizeUnits = ["B", "kB", "MB", "GB", "TB"];

    public static string Duration(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0 s",
        { TotalSeconds: < 10 } => Invariant($"{span.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1 } => Invariant($"{span.TotalSeconds:0} s"),
        { TotalHours: < 1 } => Invariant($"{(int)span.TotalMinutes} min {span.Seconds} s"),
        { TotalDays: < 1 } => Invariant($"{(int)span.TotalHours} h {span.Minutes} min"),
        _ => Invariant($"{(int)span.TotalDays} {((int)span.TotalDays == 1 ? "day" : "days")} {span.Hours} h"),
    };

    public static string Ago(DateTimeOffset then, DateTimeOffset now) => (now - then) switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } and var span => Invariant($"{(int)span.TotalMinutes} min ago"),
        { TotalDays: < 1 } and var span => Invariant($"{(int)span.TotalHours} h ago"),
        var span => (int)span.TotalDays == 1 ? "yesterday" : Invariant($"{(int)span.TotalDays} days ago"),
    };

    /// <summary>UTC; the page's script turns it into the reader's zone.</summary>
    public static Html Time(DateTimeOffset time) =>
        Html.Of($"<time datetime=\"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\">{time.UtcDateTime:yyyy-MM-dd HH:mm} UTC</time>");

    public static Html Time(DateTimeOffset? time) => time is { } known ? Time(known) : Html.Of($"<span class=\"quiet\">–</span>");

    public static string Size(double bytes)
    {
        var unit = 0;
        for (; bytes >= 1000 && unit < SizeUnits.Length - 1; unit++)
            bytes /= 1000;
        return Invariant($"{bytes:0.#} {SizeUnits[unit]}");
    }

    /// <summary>Four digits that say something: 0.0213, 4.251, 12,345.</summary>
    public static string Number(double value) => Math.Abs(value) switch
    {
        _ when double.IsNaN(value) || double.IsInfinity(value) => value.ToString(CultureInfo.InvariantCulture),
        0 => "0",
        >= 1000 => Invariant($"{value:N0}"),
        >= 1 when value == Math.Floor(value) => Invariant($"{value:0}"),
        >= 1 => Invariant($"{value:0.###}"),
        >= 0.001 => Invariant($"{value:0.0000}"),
        _ => Invariant($"{value:0.##e0}"),
    };

    public static string Number(double? value) => value is { } known ? Number(known) : "";

    /// <summary>A difference with its sign: +0.0213, −0.0021, 0.</summary>
    public static string Signed(double value) => value == 0 ? "0" : (value > 0 ? "+" : "−") + Number(Math.Abs(value));

    /// <summary>Change from <paramref name="before"/>, signed, in percent; empty when there is nothing to compare with.</summary>
    public static string Change(double now, double before) =>
        before > 0 ? Invariant($"{(now / before) - 1:+0.0 %;−0.0 %;±0 %}") : "";

    /// <summary><c>not-worse-than-champion</c> and <c>interactionRows</c> as words.</summary>
    public static string Spaced(string name) =>
        string.Concat(name.Select(c => char.IsUpper(c) ? $" {char.ToLowerInvariant(c)}" : c is '-' or '_' ? " " : c.ToString())).Trim();

    /// <summary>A title within a sentence.</summary>
    public static string Lower(string title) => char.ToLowerInvariant(title[0]) + title[1..];

    /// <summary>With its first letter as a capital: <c>Absolute floor, no collapse and above popularity</c>.</summary>
    public static string List(IReadOnlyList<string> items)
    {
        var text = items.Count < 2 ? string.Concat(items) : $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}";
        return text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}

using System.Globalization;
using System.Text;

namespace Retraining.Supabase.Source;

/// <summary>What is read from one table over REST, in the order of its key, or from a batch function in its own order.</summary>
/// <param name="Table">Name in the <c>public</c> schema.</param>
/// <param name="Select">Columns.</param>
/// <param name="Key">One or two columns, the order of the rows. Rows need not differ in it. Empty pages by offset alone.</param>
/// <param name="Filters">More conditions as PostgREST writes them: <c>video_id=gte.…</c>, already escaped.</param>
internal sealed record RestQuery(string Table, IReadOnlyList<string> Select, IReadOnlyList<string> Key, IReadOnlyList<string> Filters)
{
    /// <summary>Whether <see cref="Table"/> is a function with the parameters <c>limit_count</c> and <c>offset_count</c>.</summary>
    public bool IsFunction { get; init; }

    /// <summary>
    /// The next page: from the last row's key on, without the rows of that key that were read already. Unlike an offset into the whole table that
    /// neither slows down nor skips rows when earlier ones vanish meanwhile.
    /// </summary>
    /// <param name="from">Where the last page ended.</param>
    /// <param name="limit">Most rows wanted; the server may have a lower limit of its own.</param>
    public string Path(RestCursor from, int limit)
    {
        var query = new StringBuilder("rest/v1/").Append(Uri.EscapeDataString(Table))
            .Append("?select=").Append(Uri.EscapeDataString(string.Join(',', Select)));
        foreach (var filter in Filters)
            query.Append('&').Append(filter);
        if (from.After is { } after)
        {
            // Alone this bounds the scan of an index on both columns, too: the condition after it does not.
            query.Append('&').Append(Filter(Key[0], "gte", after[0]));
            if (after.Count == 2)
                query.Append("&or=").Append(Uri.EscapeDataString(
                    $"({Key[0]}.gt.{Quoted(after[0])},and({Key[0]}.eq.{Quoted(after[0])},{Key[1]}.gte.{Quoted(after[1])}))"));
        }

        if (Key.Count > 0)
            query.Append("&order=").Append(Uri.EscapeDataString(string.Join(',', Key.Select(column => column + ".asc"))));
        query.Append(CultureInfo.InvariantCulture, $"&limit={limit}");
        return from.Seen == 0 ? query.ToString() : query.Append(CultureInfo.InvariantCulture, $"&offset={from.Seen}").ToString();
    }

    public static string Filter(string column, string comparison, string value) => $"{column}={comparison}.{Uri.EscapeDataString(value)}";

    /// <summary>Inside <c>or=(…)</c>, commas, dots and brackets mean something unless quoted.</summary>
    public static string Quoted(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

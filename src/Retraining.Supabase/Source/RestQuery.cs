using System.Globalization;
using System.Text;

namespace Retraining.Supabase.Source;

/// <summary>What is read from one table over REST, in the order of its key.</summary>
/// <param name="Table">Name in the <c>public</c> schema.</param>
/// <param name="Select">Columns.</param>
/// <param name="Key">One or two columns, the order of the rows. Rows need not differ in it. Empty pages by offset alone.</param>
/// <param name="Filters">More conditions as PostgREST writes them: <c>video_id=gte.…</c>, already escaped.</param>
internal sealed record RestQuery(string Table, IReadOnlyList<string> Select, IReadOnlyList<string> Key, IReadOnlyList<string> Filters)
{
    /// <summary>
    /// The next page: from the last row's key on, without the rows of that key that were read already. Unlike an offset into the whole table that
    /// neither slows down nor skips rows when earlier ones vanish meanwhile.
    /// </summary>
    /// <param name="after">Key of the last row; null at the beginning.</param>
    /// <param name="seen">Rows read so far that have that key.</param>
    /// <param name="limit">Most rows wanted; the server may have a lower limit of its own.</param>
    public string Path(IReadOnlyList<string>? after, long seen, int limit)
    {
        var query = new StringBuilder("rest/v1/").Append(Uri.EscapeDataString(Table)).Append("?select=").Append(Uri.EscapeDataString(string.Join(',', Select)));
        foreach (var filter in Filters)
            query.Append('&').Append(filter);
        if (after is { Count: 1 })
            query.Append('&').Append(Filter(Key[0], "gte", after[0]));
        else if (after is { Count: 2 })
            query.Append("&or=").Append(Uri.EscapeDataString(
                $"({Key[0]}.gt.{Quoted(after[0])},and({Key[0]}.eq.{Quoted(after[0])},{Key[1]}.gte.{Quoted(after[1])}))"));
        if (Key.Count > 0)
            query.Append("&order=").Append(Uri.EscapeDataString(string.Join(',', Key.Select(column => column + ".asc"))));
        query.Append(CultureInfo.InvariantCulture, $"&limit={limit}");
        return seen == 0 ? query.ToString() : query.Append(CultureInfo.InvariantCulture, $"&offset={seen}").ToString();
    }

    public static string Filter(string column, string comparison, string value) => $"{column}={comparison}.{Uri.EscapeDataString(value)}";

    /// <summary>Inside <c>or=(…)</c>, commas, dots and brackets mean something unless quoted.</summary>
    private static string Quoted(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}

using System.Text.Json;

namespace Retraining.Supabase.Source;

/// <summary>How far a table has been read.</summary>
/// <param name="After">Key of the last row; null at the beginning and where there is no key.</param>
/// <param name="Seen">Rows from that key on that were read already; all rows where there is no key.</param>
internal sealed record RestCursor(IReadOnlyList<string>? After, long Seen)
{
    public static readonly RestCursor Start = new(null, 0);

    /// <summary>Where the next page begins. Rows whose key cannot be told are passed over by their number.</summary>
    /// <param name="key">Columns that order the rows.</param>
    /// <param name="rows">The page that was read from here on; at least one.</param>
    public RestCursor Beyond(IReadOnlyList<string> key, IReadOnlyList<JsonElement> rows)
    {
        if (key.Count == 0)
            return new(null, Seen + rows.Count);
        var last = rows.Count - 1;
        string[]? newest = null;
        while (last >= 0 && (newest = KeyOf(key, rows[last])) is null)
            last--;
        if (newest is null)
            return this with { Seen = Seen + rows.Count };

        var first = last;
        while (first > 0 && IsSame(KeyOf(key, rows[first - 1]), newest))
            first--;
        // A page of that one key alone continues the one before it.
        return new(newest, rows.Count - first + (first == 0 && IsSame(newest, After) ? Seen : 0));
    }

    /// <returns>Null where a column is missing or null, or is no text.</returns>
    public static string[]? KeyOf(IReadOnlyList<string> key, JsonElement row)
    {
        var values = new string[key.Count];
        for (var i = 0; i < values.Length; i++)
        {
            if (!row.TryGetProperty(key[i], out var value) || JsonText.Of(value) is not { } text)
                return null;
            values[i] = text;
        }

        return values;
    }

    private static bool IsSame(IReadOnlyList<string>? one, IReadOnlyList<string>? other) =>
        one is not null && other is not null && one.SequenceEqual(other, StringComparer.Ordinal);
}

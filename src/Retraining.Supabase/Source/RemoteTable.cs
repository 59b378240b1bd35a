namespace Retraining.Supabase.Source;

/// <summary>What is kept of a table of the project, or of a batch function.</summary>
/// <param name="Query">Reads it whole.</param>
/// <param name="Changed">The column that says when a row was made or last changed; a table without one is read whole each time.</param>
/// <param name="Name">Its files begin with it.</param>
internal sealed record RemoteTable(RestQuery Query, string? Changed, string Name)
{
    public const string KeylessEnding = ".keyless";

    /// <summary>Rows that no key orders: bad ones, but counted all the same.</summary>
    public RemoteTable Keyless() => new(
        Query with
        {
            Key = [],
            Filters = Query.Key is [var only]
                ? [$"{only}=is.null"]
                : [$"or=({string.Join(',', Query.Key.Select(column => column + ".is.null"))})"],
        },
        null,
        Name + KeylessEnding);

    /// <summary>Only the rows that are as new as that, or that do not say when they changed.</summary>
    public RestQuery ChangedSince(DateTimeOffset moment) => Query with
    {
        Filters =
        [
            .. Query.Filters,
            $"or=({Changed}.gte.{Uri.EscapeDataString(RestQuery.Quoted(RestTables.Date(moment)))},{Changed}.is.null)",
        ],
    };

    /// <summary>Two reads of one shape give rows of the same columns in the same order.</summary>
    public string Shape => $"{Query.Table}({string.Join(',', Query.Select)}) by ({string.Join(',', Query.Key)}) "
        + $"where {string.Join(" and ", Query.Filters)}, changed {Changed ?? "unknown"}";
}

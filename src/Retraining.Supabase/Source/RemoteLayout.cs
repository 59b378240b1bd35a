using Retraining.Execution;

namespace Retraining.Supabase.Source;

/// <summary>Looks at the project's tables: their columns, what tells their rows apart, and what says that a row changed.</summary>
internal sealed class RemoteLayout(RestTables tables)
{
    private static readonly string[] VideoColumns =
    [
        "id", "external_id", "title", "description", "duration_seconds", "price", "maker", "label", "series", "director", "source",
        "product_url", "thumbnail_url", "product_released_at", "distribution_started_at", "published_at", "created_at", "safety_level",
        "region_codes", "is_active", "text_vector", "image_vector",
    ];

    /// <summary>For rows that are made once: the moment when they were is that of their change.</summary>
    private static readonly string[] MadeOrChanged = ["updated_at", "created_at"];

    /// <summary>For rows that change after they were made.</summary>
    private static readonly string[] ChangedOnly = ["updated_at"];

    /// <returns>Null where the table is empty.</returns>
    /// <exception cref="PermanentStageException">There is no such table, or a column is missing.</exception>
    public Task<RemoteTable?> ProfilesAsync(CancellationToken cancellationToken) =>
        TableAsync("profiles", ["user_id"], ["user_id", "display_name", "created_at"], _ => ["user_id"], MadeOrChanged, cancellationToken);

    /// <inheritdoc cref="ProfilesAsync"/>
    public Task<RemoteTable?> VideosAsync(CancellationToken cancellationToken) =>
        TableAsync("videos", ["id"], VideoColumns, _ => ["id"], ChangedOnly, cancellationToken);

    /// <inheritdoc cref="ProfilesAsync"/>
    public Task<RemoteTable?> DecisionsAsync(CancellationToken cancellationToken)
    {
        string[] required = ["user_id", "video_id", "decision_type", "created_at"];
        return TableAsync(
            "user_video_decisions", required, [.. required, "id"], columns => columns.Contains("id") ? ["id"] : ["user_id", "video_id"],
            MadeOrChanged, cancellationToken);
    }

    /// <summary>Tags or performers of videos, from either layout: names beside the video's id, or ids of a table of names.</summary>
    /// <param name="links"><c>video_tags</c>.</param>
    /// <param name="kind"><c>tag</c>: the columns are <c>tag_name</c> or <c>tag_id</c>.</param>
    /// <param name="names"><c>tags</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The links, null where there are none; the table of names where the links are ids; whether they are.</returns>
    /// <exception cref="PermanentStageException">The table has another layout.</exception>
    public async Task<(RemoteTable? Links, RemoteTable? Names, bool ById)> NamesAsync(
        string links, string kind, string names, CancellationToken cancellationToken)
    {
        if (await tables.ColumnsAsync(links, cancellationToken) is not { Count: > 0 } columns)
            return default;
        if (columns.Contains("video_id") && columns.Contains($"{kind}_name"))
            return (Links($"{kind}_name"), null, false);
        if (!columns.Contains("video_id") || !columns.Contains($"{kind}_id"))
            throw new PermanentStageException(
                $"{tables.Location}, {links}: found the columns {string.Join(", ", columns)}, "
                + $"expected (video_id, {kind}_name), or (video_id, {kind}_id) beside {names}(id, name)");
        var named = await TableAsync(names, ["id", "name"], ["id", "name"], _ => ["id"], ChangedOnly, cancellationToken);
        return (Links($"{kind}_id"), named, true);

        RemoteTable Links(string column) => new(
            new(links, ["video_id", column], ["video_id", column], ["video_id=not.is.null", $"{column}=not.is.null"]),
            MadeOrChanged.FirstOrDefault(columns.Contains), links);
    }

    private async Task<RemoteTable?> TableAsync(
        string table, string[] required, string[] wanted, Func<IReadOnlyList<string>, string[]> keyOf, string[] changed,
        CancellationToken cancellationToken)
    {
        var columns = await tables.ColumnsAsync(table, cancellationToken)
            ?? throw new PermanentStageException(
                $"{tables.Location}, {table}: no such table, expected one with {string.Join(", ", required)}");
        if (columns.Count == 0)
            return null;
        var missing = required.Except(columns, StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            throw new PermanentStageException(
                $"{tables.Location}, {table}: no column {string.Join(", ", missing)}, found {string.Join(", ", columns)}");
        var key = keyOf(columns);
        return new(
            new(table, [.. wanted.Where(columns.Contains)], key, [.. key.Select(column => column + "=not.is.null")]),
            changed.FirstOrDefault(columns.Contains), table);
    }
}

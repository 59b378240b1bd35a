using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Supabase.Source;

/// <summary>Tags or performers of videos, from either layout: names beside the video's id, or ids of a table of names.</summary>
internal sealed class RestNames
{
    private readonly RestTables _tables;
    private readonly string _links;
    private readonly string _column;
    private readonly Dictionary<string, string>? _names;

    private RestNames(RestTables tables, string links, string column, Dictionary<string, string>? names)
    {
        _tables = tables;
        _links = links;
        _column = column;
        _names = names;
    }

    /// <param name="tables">The project's.</param>
    /// <param name="links"><c>video_tags</c>.</param>
    /// <param name="kind"><c>tag</c>: the columns are <c>tag_name</c> or <c>tag_id</c>.</param>
    /// <param name="names"><c>tags</c>.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>Null where there is no such table, or it is empty.</returns>
    /// <exception cref="PermanentStageException">The table has another layout.</exception>
    public static async Task<RestNames?> OpenAsync(RestTables tables, string links, string kind, string names, CancellationToken cancellationToken)
    {
        if (await tables.ColumnsAsync(links, cancellationToken) is not { Count: > 0 } columns)
            return null;
        if (columns.Contains("video_id") && columns.Contains($"{kind}_name"))
            return new RestNames(tables, links, $"{kind}_name", null);
        if (!columns.Contains("video_id") || !columns.Contains($"{kind}_id"))
            throw new PermanentStageException(
                $"{tables.Location}, {links}: found the columns {string.Join(", ", columns)}, expected (video_id, {kind}_name), or (video_id, {kind}_id) beside {names}(id, name)");

        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        await foreach (var row in tables.ReadAsync(new RestQuery(names, ["id", "name"], ["id"], []), cancellationToken))
        {
            if (row.GetProperty("name") is { ValueKind: JsonValueKind.String } name)
                known[Text(row.GetProperty("id"))] = name.GetString()!;
        }

        return new RestNames(tables, links, $"{kind}_id", known);
    }

    /// <summary>Names by id of the videos from <paramref name="first"/> to <paramref name="last"/> in the database's own order of ids.</summary>
    public async Task<Dictionary<string, List<string>>> ReadAsync(string first, string last, CancellationToken cancellationToken)
    {
        var query = new RestQuery(
            _links, ["video_id", _column], ["video_id", _column],
            [RestQuery.Filter("video_id", "gte", first), RestQuery.Filter("video_id", "lte", last), $"{_column}=not.is.null"]);
        var found = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        await foreach (var row in _tables.ReadAsync(query, cancellationToken))
        {
            var text = Text(row.GetProperty(_column));
            if (_names is not null && !_names.TryGetValue(text, out text!))
                continue;
            var video = Text(row.GetProperty("video_id"));
            (found.TryGetValue(video, out var list) ? list : found[video] = []).Add(text);
        }

        return found;
    }

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}

using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;

namespace Retraining.Postgres.Source;

/// <summary>Which of the service's tables and columns a database has, and the queries that fit it.</summary>
internal sealed class ServiceTables
{
    private const string DecisionTable = "user_video_decisions";

    private static readonly string[] Tables = ["profiles", "videos", "video_tags", "tags", "video_performers", "performers", DecisionTable];

    /// <summary>Types of columns by name, by table.</summary>
    private readonly Dictionary<string, Dictionary<string, string>> _columns = new(StringComparer.Ordinal);

    public static async Task<ServiceTables> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new ServiceTables();
        await using var command = new NpgsqlCommand(
            "select table_name, column_name, udt_name from information_schema.columns where table_schema = 'public' and table_name = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Tables, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!tables._columns.TryGetValue(reader.GetString(0), out var columns))
                tables._columns.Add(reader.GetString(0), columns = new Dictionary<string, string>(StringComparer.Ordinal));
            columns.Add(reader.GetString(1), reader.GetString(2));
        }

        return tables;
    }

    public bool Has(string table, params ReadOnlySpan<string> columns)
    {
        if (!_columns.TryGetValue(table, out var found))
            return false;
        foreach (var column in columns)
        {
            if (!found.ContainsKey(column))
                return false;
        }

        return true;
    }

    /// <summary>user_id, display_name, created_at.</summary>
    /// <param name="blocks">The part of the table to read; null for all of it.</param>
    public string Profiles(BlockRange? blocks)
    {
        Require("profiles", "user_id");
        return $"select {Text("profiles", "user_id")}, {Text("profiles", "display_name")}, {Date("profiles", "created_at")} "
            + $"from public.profiles t{blocks?.Condition}";
    }

    /// <summary>Columns in the order in which <see cref="PostgresRows.Video"/> reads them.</summary>
    /// <inheritdoc cref="Profiles" path="/param"/>
    public string Videos(BlockRange? blocks)
    {
        Require("videos", "id");
        string[] texts =
        [
            "external_id", "title", "description", "maker", "label", "series", "director", "source", "product_url", "thumbnail_url",
        ];
        string[] dates = ["product_released_at", "distribution_started_at", "published_at", "created_at"];
        string[] columns =
        [
            VideoId("t.id"),
            .. texts.Select(name => Text("videos", name)),
            .. dates.Select(name => Date("videos", name)),
            Column("videos", "duration_seconds", "int"),
            Column("videos", "price", "float8"),
            Column("videos", "safety_level", "smallint"),
            $"coalesce({Column("videos", "is_active", "bool")}, true)",
            Column("videos", "region_codes", "text[]"),
            Text("videos", "text_vector"), // vector, halfvec, an array, JSON: all have their numbers in their text
            Text("videos", "image_vector"),
        ];
        return $"select {string.Join(", ", columns)} from public.videos t{blocks?.Condition}";
    }

    /// <summary>Whether <see cref="Videos"/>, <see cref="Tags"/> and <see cref="Performers"/> give a video's id as a UUID and not as text.</summary>
    public bool HasUuidVideos() => TypeOf("videos", "id") == "uuid"
        && (TypeOf("video_tags", "video_id") ?? "uuid") == "uuid" && (TypeOf("video_performers", "video_id") ?? "uuid") == "uuid";

    /// <summary>video_id, name; null where there is no such table.</summary>
    public string? Tags() => Names("video_tags", "tag", "tags");

    /// <inheritdoc cref="Tags"/>
    public string? Performers() => Names("video_performers", "performer", "performers");

    /// <summary>user_id, video_id, decision_type, created_at.</summary>
    /// <inheritdoc cref="Profiles" path="/param"/>
    public string Decisions(BlockRange? blocks)
    {
        Require(DecisionTable, "user_id", "video_id", "decision_type", "created_at");
        return $"select {Text(DecisionTable, "user_id")}, {Text(DecisionTable, "video_id")}, {Text(DecisionTable, "decision_type")}, "
            + $"{Date(DecisionTable, "created_at")} from public.{DecisionTable} t{blocks?.Condition}";
    }

    /// <summary>Whether decisions can be read by <see cref="CopiedDecisions"/>: their ids are UUIDs.</summary>
    public bool HasUuidDecisions() => TypeOf(DecisionTable, "user_id") == "uuid" && TypeOf(DecisionTable, "video_id") == "uuid";

    /// <summary>The same columns, in the types that they have in the table.</summary>
    /// <inheritdoc cref="Profiles" path="/param"/>
    public string UuidDecisions(BlockRange? blocks)
    {
        Require(DecisionTable, "user_id", "video_id", "decision_type", "created_at");
        return $"select user_id, video_id, decision_type::text, created_at::timestamptz from public.{DecisionTable}{blocks?.Condition}";
    }

    /// <summary>A name a row, from either layout.</summary>
    private string? Names(string links, string kind, string names)
    {
        if (!_columns.TryGetValue(links, out var found))
            return null;
        if (Has(links, "video_id", $"{kind}_name"))
            return $"select {VideoId("video_id")}, {kind}_name::text from public.{links}";
        if (Has(links, "video_id", $"{kind}_id") && Has(names, "id", "name"))
            return $"select {VideoId("l.video_id")}, n.name::text from public.{links} l join public.{names} n on n.id = l.{kind}_id";
        throw new PermanentStageException(
            $"public.{links}: found the columns {Join(found.Keys)}, "
            + $"expected (video_id, {kind}_name), or (video_id, {kind}_id) beside public.{names}(id, name)");
    }

    private void Require(string table, params string[] columns)
    {
        if (!_columns.TryGetValue(table, out var found))
            throw new PermanentStageException($"public.{table}: no such table that this user may read, "
                + $"expected one with {string.Join(", ", columns)}");
        var missing = columns.Where(column => !found.ContainsKey(column)).ToArray();
        if (missing.Length > 0)
            throw new PermanentStageException($"public.{table}: no column {string.Join(", ", missing)}, found {Join(found.Keys)}");
    }

    /// <summary>Text costs the server and this program more than it says.</summary>
    private string VideoId(string column) => HasUuidVideos() ? column : column + "::text";

    private string? TypeOf(string table, string column) => _columns.GetValueOrDefault(table)?.GetValueOrDefault(column);

    private string Text(string table, string column) => Column(table, column, "text");

    private string Date(string table, string column) => Column(table, column, "timestamptz");

    private string Column(string table, string column, string type) => Has(table, column) ? $"t.{column}::{type}" : $"null::{type}";

    private static string Join(IEnumerable<string> columns) => string.Join(", ", columns.Order(StringComparer.Ordinal));
}

using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;

namespace Retraining.Postgres.Source;

/// <summary>Which of the service's tables and columns a database has, and the queries that fit it.</summary>
internal sealed class ServiceTables
{
    private static readonly string[] Tables = ["profiles", "videos", "video_tags", "tags", "video_performers", "performers", "user_video_decisions"];

    private readonly Dictionary<string, HashSet<string>> _columns = new(StringComparer.Ordinal);

    public static async Task<ServiceTables> ReadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var tables = new ServiceTables();
        await using var command = new NpgsqlCommand(
            "select table_name, column_name from information_schema.columns where table_schema = 'public' and table_name = any($1)", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = Tables, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (!tables._columns.TryGetValue(reader.GetString(0), out var columns))
                tables._columns.Add(reader.GetString(0), columns = new HashSet<string>(StringComparer.Ordinal));
            columns.Add(reader.GetString(1));
        }

        return tables;
    }

    public bool Has(string table, params ReadOnlySpan<string> columns)
    {
        if (!_columns.TryGetValue(table, out var found))
            return false;
        foreach (var column in columns)
        {
            if (!found.Contains(column))
                return false;
        }

        return true;
    }

    /// <summary>user_id, display_name, created_at.</summary>
    public string Profiles()
    {
        Require("profiles", "user_id");
        return $"select {Text("profiles", "user_id")}, {Text("profiles", "display_name")}, {Date("profiles", "created_at")} from public.profiles t";
    }

    /// <summary>Columns in the order in which <see cref="PostgresRows.VideoAsync"/> reads them.</summary>
    public string Videos()
    {
        Require("videos", "id");
        string[] texts =
        [
            "id", "external_id", "title", "description", "maker", "label", "series", "director", "source", "product_url", "thumbnail_url",
        ];
        string[] dates = ["product_released_at", "distribution_started_at", "published_at", "created_at"];
        string[] columns =
        [
            .. texts.Select(name => Text("videos", name)),
            .. dates.Select(name => Date("videos", name)),
            Column("videos", "duration_seconds", "int"),
            Column("videos", "price", "float8"),
            Column("videos", "safety_level", "smallint"),
            $"coalesce({Column("videos", "is_active", "bool")}, true)",
            Column("videos", "region_codes", "text[]"),
            "tag.names",
            "performer.names",
        ];
        return $"select {string.Join(", ", columns)} from public.videos t"
            + $" left join ({Names("video_tags", "tag", "tags")}) tag on tag.id = t.id::text"
            + $" left join ({Names("video_performers", "performer", "performers")}) performer on performer.id = t.id::text";
    }

    /// <summary>user_id, video_id, decision_type, created_at.</summary>
    public string Decisions()
    {
        const string table = "user_video_decisions";
        Require(table, "user_id", "video_id", "decision_type", "created_at");
        return $"select {Text(table, "user_id")}, {Text(table, "video_id")}, {Text(table, "decision_type")}, {Date(table, "created_at")}"
            + $" from public.{table} t";
    }

    /// <summary>Names of a video as one array, from either layout; nothing where there is no such table.</summary>
    private string Names(string links, string kind, string names)
    {
        if (!_columns.TryGetValue(links, out var found))
            return "select null::text as id, null::text[] as names where false";
        if (Has(links, "video_id", $"{kind}_name"))
            return $"select video_id::text as id, array_agg({kind}_name::text) as names from public.{links} group by 1";
        if (Has(links, "video_id", $"{kind}_id") && Has(names, "id", "name"))
            return $"select l.video_id::text as id, array_agg(n.name::text) as names from public.{links} l"
                + $" join public.{names} n on n.id = l.{kind}_id group by 1";
        throw new PermanentStageException(
            $"public.{links}: found the columns {Join(found)}, "
            + $"expected (video_id, {kind}_name), or (video_id, {kind}_id) beside public.{names}(id, name)");
    }

    private void Require(string table, params string[] columns)
    {
        if (!_columns.TryGetValue(table, out var found))
            throw new PermanentStageException($"public.{table}: no such table that this user may read, "
                + $"expected one with {string.Join(", ", columns)}");
        var missing = columns.Where(column => !found.Contains(column)).ToArray();
        if (missing.Length > 0)
            throw new PermanentStageException($"public.{table}: no column {string.Join(", ", missing)}, found {Join(found)}");
    }

    private string Text(string table, string column) => Column(table, column, "text");

    /// <summary>A date that .NET can hold: infinity and the years before 2 and after 9998 become the ends, which the row rules refuse.</summary>
    private string Date(string table, string column) => Has(table, column)
        ? $"case when t.{column} is not null then least("
            + $"greatest(t.{column}::timestamptz, timestamptz '0002-01-01 00:00:00+00'), timestamptz '9998-12-31 00:00:00+00') end"
        : "null::timestamptz";

    private string Column(string table, string column, string type) => Has(table, column) ? $"t.{column}::{type}" : $"null::{type}";

    private static string Join(IEnumerable<string> columns) => string.Join(", ", columns.Order(StringComparer.Ordinal));
}

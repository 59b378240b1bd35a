using Retraining.Source;
using TwoTower.Parquet;

namespace Retraining.Tests.Source;

/// <summary>Turns the JSON files of a folder into Parquet with the own writer.</summary>
internal static class ParquetTables
{
    /// <param name="rowsInGroup">Rows of a row group.</param>
    public static async Task ConvertAsync(string folder, ParquetCompression compression, int rowsInGroup)
    {
        await using var source = new FolderSource(folder);
        var profiles = await ValuesAsync(source.ReadProfilesAsync(default));
        var videos = await ValuesAsync(source.ReadVideosAsync(default));
        var decisions = await ValuesAsync(source.ReadDecisionsAsync(default));
        foreach (var file in Directory.GetFiles(folder, "*.json"))
            File.Delete(file);
        await WriteAsync(folder, "profiles", compression, rowsInGroup, profiles,
            Text<Profile>("user_id", row => row.UserId), Text<Profile>("display_name", row => row.DisplayName),
            Time<Profile>("created_at", row => row.CreatedAt));
        await WriteAsync(folder, "videos", compression, rowsInGroup, videos,
            Text<Video>("id", row => row.Id), Text<Video>("title", row => row.Title), Text<Video>("maker", row => row.Maker),
            new(ParquetField.Optional("price", ParquetType.Double), rows => rows.Select(row => row.Price).ToArray()),
            new(ParquetField.Optional("duration_seconds", ParquetType.Int32), rows => rows.Select(row => row.DurationSeconds).ToArray()),
            new(ParquetField.Optional("safety_level", ParquetType.Int32), rows => rows.Select(row => (int?)row.SafetyLevel).ToArray()),
            new(ParquetField.Required("is_active", ParquetType.Bool), rows => rows.Select(row => row.IsActive).ToArray()),
            Time<Video>("product_released_at", row => row.ProductReleasedAt), Names<Video>("region_codes", row => row.RegionCodes),
            Names<Video>("tags", row => row.Tags), Names<Video>("performers", row => row.Performers),
            new(ParquetField.List("text_vector", ParquetType.Float), rows => rows.Select(row => row.TextVector ?? []).ToArray()));
        await WriteAsync(folder, "user_video_decisions", compression, rowsInGroup, decisions,
            Text<Decision>("user_id", row => row.UserId), Text<Decision>("video_id", row => row.VideoId),
            new(ParquetField.Required("decision_type", ParquetType.String), rows => Dictionary([.. rows.Select(row => row.DecisionType)])),
            Time<Decision>("created_at", row => row.CreatedAt),
            new(ParquetField.Required("weight", ParquetType.Float), rows => rows.Select(row => row.Weight).ToArray()));
    }

    public static async Task WriteAsync<T>(
        string folder, string table, ParquetCompression compression, int rowsInGroup, T[] rows, params Column<T>[] columns)
    {
        await using var file = File.Create(Path.Combine(folder, table + ".parquet"));
        var schema = new ParquetSchema([.. columns.Select(column => column.Field)]);
        var writer = await ParquetWriter.CreateAsync(file, schema, compression, default);
        foreach (var group in rows.Chunk(rowsInGroup))
            await writer.WriteRowGroupAsync([.. columns.Select(column => column.Values(group))], default);
        await writer.CompleteAsync(default);
    }

    private static async Task<T[]> ValuesAsync<T>(IAsyncEnumerable<SourceRow<T>> rows)
        where T : class => await rows.Select(row => row.Value!).ToArrayAsync();

    public static Column<T> Text<T>(string name, Func<T, string?> value) =>
        new(ParquetField.Optional(name, ParquetType.String), rows => rows.Select(value).ToArray());

    public static Column<T> Time<T>(string name, Func<T, DateTimeOffset?> value) =>
        new(ParquetField.Optional(name, ParquetType.Timestamp), rows => rows.Select(row => value(row)?.ToUnixTimeMilliseconds()).ToArray());

    private static Column<T> Names<T>(string name, Func<T, IReadOnlyList<string>> value) =>
        new(ParquetField.List(name, ParquetType.String), rows => rows.Select(row => value(row).ToArray()).ToArray());

    private static DictionaryColumn<string> Dictionary(string[] texts)
    {
        string[] values = [.. texts.Distinct()];
        return new DictionaryColumn<string>(values, [.. texts.Select(text => Array.IndexOf(values, text))]);
    }

    /// <summary>A column and how its values come from the rows of a group.</summary>
    internal sealed record Column<T>(ParquetField Field, Func<T[], object> Values);
}

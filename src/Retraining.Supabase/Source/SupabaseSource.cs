using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>
/// The service's tables over REST (PostgREST), in pages. There is no snapshot over HTTP: rows that are there all the while are read once each,
/// rows that come or go meanwhile may or may not be.
/// </summary>
/// <param name="client">The project's; disposed with this source.</param>
/// <param name="settings">Page size, and whether the service's batch functions are asked instead of the tables of videos and profiles.</param>
public sealed class SupabaseSource(SupabaseClient client, SourceSettings settings) : ISource
{
    private static readonly string[] VideoColumns =
    [
        "id", "external_id", "title", "description", "duration_seconds", "price", "maker", "label", "series", "director", "source", "product_url",
        "thumbnail_url", "product_released_at", "distribution_started_at", "published_at", "created_at", "safety_level", "region_codes", "is_active",
    ];

    private readonly RestTables _tables = new(client, settings.PageSize);

    public string Location => client.Location;

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) => settings.UseRpc
        ? CallAsync("get_user_embedding_feature_batch", BatchRows.Profile, JsonRow.Profile, cancellationToken)
        : ReadProfileTableAsync(cancellationToken);

    public IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken) => settings.UseRpc
        ? CallAsync("get_item_embedding_feature_batch", BatchRows.Video, JsonRow.Video, cancellationToken)
        : ReadVideoTableAsync(cancellationToken);

    public async IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string table = "user_video_decisions";
        string[] required = ["user_id", "video_id", "decision_type", "created_at"];
        if (await QueryAsync(table, required, required, cancellationToken) is not { } query)
            yield break;
        string[] key = ["user_id", "video_id"];
        var number = 0L;
        await foreach (var row in _tables.ReadAsync(query with { Key = key, Filters = ["user_id=not.is.null", "video_id=not.is.null"] }, cancellationToken))
            yield return JsonRow.Read(table, ++number, Bytes(row), JsonRow.Decision);

        // Rows that no key orders are bad ones; they are counted all the same.
        var unordered = query with { Key = [], Filters = ["or=(user_id.is.null,video_id.is.null)"] };
        await foreach (var row in _tables.ReadAsync(unordered, cancellationToken))
            yield return JsonRow.Read(table, ++number, Bytes(row), JsonRow.Decision);
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async IAsyncEnumerable<SourceRow<Profile>> ReadProfileTableAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string table = "profiles";
        if (await QueryAsync(table, ["user_id"], ["user_id", "display_name", "created_at"], cancellationToken) is not { } query)
            yield break;
        var number = 0L;
        await foreach (var row in _tables.ReadAsync(query, cancellationToken))
            yield return JsonRow.Read(table, ++number, Bytes(row), JsonRow.Profile);
    }

    private async IAsyncEnumerable<SourceRow<Video>> ReadVideoTableAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        const string table = "videos";
        if (await QueryAsync(table, ["id"], VideoColumns, cancellationToken) is not { } query)
            yield break;
        var tags = await RestNames.OpenAsync(_tables, "video_tags", "tag", "tags", cancellationToken);
        var performers = await RestNames.OpenAsync(_tables, "video_performers", "performer", "performers", cancellationToken);
        var number = 0L;
        await foreach (var page in _tables.ReadPagesAsync(query, cancellationToken))
        {
            var (first, last) = (Id(page[0]), Id(page[^1]));
            var names = await Task.WhenAll(ReadAsync(tags, first, last, cancellationToken), ReadAsync(performers, first, last, cancellationToken));
            foreach (var row in page)
            {
                var read = JsonRow.Read(table, ++number, Bytes(row), JsonRow.Video);
                yield return read.Value is not { } video ? read : read with
                {
                    Value = video with { Tags = Names(names[0], row), Performers = Names(names[1], row) },
                };
            }
        }
    }

    private async IAsyncEnumerable<SourceRow<T>> CallAsync<T>(
        string function, Func<JsonElement, ReadOnlyMemory<byte>> text, Func<JsonFields, T> map, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var number = 0L;
        await foreach (var row in _tables.CallAsync(function, cancellationToken))
            yield return JsonRow.Read(function, ++number, text(row), map);
    }

    /// <returns>Null where the table is empty.</returns>
    private async Task<RestQuery?> QueryAsync(string table, string[] required, string[] wanted, CancellationToken cancellationToken)
    {
        var columns = await _tables.ColumnsAsync(table, cancellationToken)
            ?? throw new PermanentStageException($"{Location}, {table}: no such table, expected one with {string.Join(", ", required)}");
        if (columns.Count == 0)
            return null;
        var missing = required.Except(columns, StringComparer.Ordinal).ToArray();
        if (missing.Length > 0)
            throw new PermanentStageException($"{Location}, {table}: no column {string.Join(", ", missing)}, found {string.Join(", ", columns)}");
        return new RestQuery(table, [.. wanted.Where(columns.Contains)], [required[0]], []);
    }

    private static async Task<Dictionary<string, List<string>>> ReadAsync(RestNames? names, string first, string last, CancellationToken cancellationToken) =>
        names is null ? [] : await names.ReadAsync(first, last, cancellationToken);

    private static string[] Names(Dictionary<string, List<string>> names, JsonElement row) =>
        names.TryGetValue(Id(row), out var list) ? NameLists.Distinct(list) : [];

    private static string Id(JsonElement row) => row.GetProperty("id") is { ValueKind: JsonValueKind.String } id ? id.GetString()! : row.GetProperty("id").GetRawText();

    private static byte[] Bytes(JsonElement row) => Encoding.UTF8.GetBytes(row.GetRawText());
}

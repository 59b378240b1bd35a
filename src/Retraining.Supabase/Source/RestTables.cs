using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Supabase.Source;

/// <summary>Reads tables page by page through PostgREST. A page that fails is asked for again; nothing before it is.</summary>
/// <param name="client">The project's.</param>
/// <param name="pageSize">
/// Most rows a request, fewer from then on where so many are too large an answer; a server that gives fewer is asked on until it gives
/// none.
/// </param>
internal sealed class RestTables(SupabaseClient client, int pageSize)
{
    /// <summary>Of tables that were asked for less.</summary>
    private readonly ConcurrentDictionary<string, int> _pageSizes = new(StringComparer.Ordinal);

    /// <summary>Longest answer that is read.</summary>
    public int MaxPageBytes { get; init; } = 256 << 20;

    public string Location => client.Location;

    /// <summary>Columns of a table, seen at its first row: none where it is empty; null where there is no such table.</summary>
    public async Task<IReadOnlyList<string>?> ColumnsAsync(string table, CancellationToken cancellationToken)
    {
        try
        {
            using var page = await PageAsync(table, Get($"rest/v1/{table}?select=*&limit=1"), missingIsNull: true, cancellationToken);
            return page is null ? null
                : page.RootElement.GetArrayLength() == 0 ? []
                : [.. page.RootElement[0].EnumerateObject().Select(property => property.Name)];
        }
        catch (PageTooLargeException error)
        {
            throw TooLarge(table, error);
        }
    }

    /// <summary>The largest value of a column of dates; null where there is none, or where the database cannot tell in time.</summary>
    /// <param name="table">Name in the <c>public</c> schema.</param>
    /// <param name="column">Of that table.</param>
    /// <param name="until">Later ones do not count.</param>
    /// <param name="cancellationToken">Stops the request.</param>
    public async Task<DateTimeOffset?> NewestAsync(string table, string column, DateTimeOffset until, CancellationToken cancellationToken)
    {
        var path = $"rest/v1/{table}?select={column}&{RestQuery.Filter(column, "lte", Date(until))}&order={column}.desc&limit=1";
        try
        {
            using var page = (await PageAsync(table, Get(path), missingIsNull: false, cancellationToken))!;
            return page.RootElement.GetArrayLength() > 0 && page.RootElement[0].TryGetProperty(column, out var value)
                && JsonText.Of(value) is { } text && DateText.TryParse(text, out var date) ? date : null;
        }
        catch (PageTooLargeException)
        {
            return null;
        }
    }

    /// <summary>The rows from a cursor on, in the order of the query's key.</summary>
    public async IAsyncEnumerable<RestPage> ReadAsync(
        RestQuery query, RestCursor from, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[]? first = null;
        while (true)
        {
            using var page = await PageAsync(query.Table, limit => Request(query, from, limit), cancellationToken);
            var rows = page.RootElement.EnumerateArray().ToArray();
            if (rows.Length == 0)
                yield break;
            if (query.IsFunction)
            {
                if (first is not null && JsonMarshal.GetRawUtf8Value(rows[0]).SequenceEqual(first))
                    throw new PermanentStageException(
                        $"{Location}, {query.Table}: found the same page at offset_count {from.Seen} as before it, "
                        + "expected the rows after those that were given");
                first = JsonMarshal.GetRawUtf8Value(rows[0]).ToArray();
            }

            from = from.Beyond(query.Key, rows);
            yield return new(rows, from);
        }
    }

    /// <summary>A moment as filters have it: UTC, to the microsecond.</summary>
    public static string Date(DateTimeOffset date) =>
        date.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static Func<SupabaseProject, HttpRequestMessage> Get(string path) => project => project.Request(HttpMethod.Get, path);

    private static Func<SupabaseProject, HttpRequestMessage> Request(RestQuery query, RestCursor from, int limit) => !query.IsFunction
        ? Get(query.Path(from, limit))
        : project =>
        {
            var request = project.Request(HttpMethod.Post, $"rest/v1/rpc/{query.Table}");
            request.Content = JsonContent.Create(new Dictionary<string, long> { ["limit_count"] = limit, ["offset_count"] = from.Seen });
            return request;
        };

    /// <summary>Asks for ever smaller pages where a larger one is too large.</summary>
    private async Task<JsonDocument> PageAsync(
        string table, Func<int, Func<SupabaseProject, HttpRequestMessage>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var size = _pageSizes.GetOrAdd(table, pageSize);
            try
            {
                return (await PageAsync(table, request(size), missingIsNull: false, cancellationToken))!;
            }
            catch (PageTooLargeException) when (size > 1)
            {
                // A table may be read twice at a time: who was asked with the larger size meanwhile must not shrink it again.
                _pageSizes.TryUpdate(table, Math.Max(1, size / 4), size);
            }
            catch (PageTooLargeException error)
            {
                throw TooLarge(table, error);
            }
        }
    }

    private IOException TooLarge(string table, PageTooLargeException error) => new(
        $"{Location}, {table}: even a page of 1 row is too large ({error.Message}), "
        + $"expected an answer in time and of at most {MaxPageBytes >> 20} MiB: is there an index on the order?", error);

    private Task<JsonDocument?> PageAsync(
        string table, Func<SupabaseProject, HttpRequestMessage> request, bool missingIsNull, CancellationToken cancellationToken) =>
        client.SendAsync(table, request, (response, token) => ReadPageAsync(table, response, missingIsNull, token), cancellationToken);

    private async Task<JsonDocument?> ReadPageAsync(
        string table, HttpResponseMessage response, bool missingIsNull, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound && missingIsNull && IsJson(response))
            return null;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return JsonDocument.Parse("[]");
        if (!response.IsSuccessStatusCode)
            throw new PermanentStageException(
                $"{Location}, {table}: refused with {await client.TellAsync(response, cancellationToken)}, "
                + "expected the service's table to be readable over REST");
        if (!IsJson(response))
            throw new PermanentStageException(
                $"{Location}, {table}: found {response.Content.Headers.ContentType?.MediaType ?? "no content type"} "
                + $"({await client.TellAsync(response, cancellationToken)}), "
                + $"expected JSON: {SupabaseProject.UrlVariable} is probably not the project's API");
        return await ParseAsync(table, response, cancellationToken);
    }

    private async Task<JsonDocument> ParseAsync(string table, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        JsonDocument page;
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxPageBytes, cancellationToken);
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            page = await JsonDocument.ParseAsync(body, cancellationToken: cancellationToken);
        }
        catch (JsonException error)
        {
            throw new IOException($"{table}: half a page ({error.Message})", error);
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            throw new PageTooLargeException($"more than {MaxPageBytes >> 20} MiB", error);
        }

        if (page.RootElement.ValueKind == JsonValueKind.Array
            && page.RootElement.EnumerateArray().All(row => row.ValueKind == JsonValueKind.Object))
            return page;
        var found = Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(page.RootElement));
        page.Dispose();
        throw new PermanentStageException(
            $"{Location}, {table}: found {(found.Length <= 100 ? found : found[..100] + "…")}, expected a JSON array of rows");
    }

    private static bool IsJson(HttpResponseMessage response) =>
        response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
}

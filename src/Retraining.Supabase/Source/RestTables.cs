using System.Net;
using System.Net.Http.Json;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Supabase.Source;

/// <summary>Reads tables page by page through PostgREST. A page that fails is asked for again; nothing before it is.</summary>
/// <param name="client">The project's.</param>
/// <param name="pageSize">Most rows a request, fewer from then on where the database needs too long for so many; a server that gives fewer is asked on until it gives none.</param>
internal sealed class RestTables(SupabaseClient client, int pageSize)
{
    private const int MaxPageBytes = 256 << 20;

    private int _pageSize = pageSize;

    public string Location => client.Location;

    /// <summary>Columns of a table, seen at its first row: none where it is empty; null where there is no such table.</summary>
    public async Task<IReadOnlyList<string>?> ColumnsAsync(string table, CancellationToken cancellationToken)
    {
        using var page = await PageAsync(table, Get($"rest/v1/{table}?select=*&limit=1"), missingIsNull: true, cancellationToken);
        return page is null ? null
            : page.RootElement.GetArrayLength() == 0 ? []
            : [.. page.RootElement[0].EnumerateObject().Select(property => property.Name)];
    }

    /// <summary>The rows, in the order of the query's key; each is valid until the next page is asked for.</summary>
    public async IAsyncEnumerable<JsonElement> ReadAsync(RestQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in ReadPagesAsync(query, cancellationToken))
        {
            foreach (var row in page)
                yield return row;
        }
    }

    /// <inheritdoc cref="ReadAsync"/>
    public async IAsyncEnumerable<IReadOnlyList<JsonElement>> ReadPagesAsync(RestQuery query, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string[]? after = null;
        var seen = 0L;
        while (true)
        {
            using var page = await PageAsync(query.Table, limit => Get(query.Path(after, seen, limit)), cancellationToken);
            var rows = page.RootElement.EnumerateArray().ToArray();
            if (rows.Length == 0)
                yield break;
            yield return rows;
            (after, seen) = Advance(query, rows, after, seen);
        }
    }

    /// <summary>All rows of a batch function: one with the parameters <c>limit_count</c> and <c>offset_count</c> and an order of its own.</summary>
    public async IAsyncEnumerable<JsonElement> CallAsync(string function, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0L; ;)
        {
            using var page = await PageAsync(function, limit => Call(function, limit, offset), cancellationToken);
            foreach (var row in page.RootElement.EnumerateArray())
                yield return row;
            if (page.RootElement.GetArrayLength() == 0)
                yield break;
            offset += page.RootElement.GetArrayLength();
        }
    }

    private (string[]? After, long Seen) Advance(RestQuery query, JsonElement[] rows, string[]? after, long seen)
    {
        if (query.Key.Count == 0)
            return (null, seen + rows.Length);
        var last = KeyOf(query, rows[^1]);
        var same = 0;
        while (same < rows.Length && KeyOf(query, rows[^(same + 1)]).SequenceEqual(last, StringComparer.Ordinal))
            same++;
        // A page of that one key alone continues the one before it.
        return (last, same == rows.Length && after is not null && after.SequenceEqual(last, StringComparer.Ordinal) ? seen + same : same);
    }

    private string[] KeyOf(RestQuery query, JsonElement row)
    {
        var key = new string[query.Key.Count];
        for (var i = 0; i < key.Length; i++)
        {
            if (!row.TryGetProperty(query.Key[i], out var value) || value.ValueKind is JsonValueKind.Null)
                throw new PermanentStageException($"{Location}, {query.Table}: found a row without {query.Key[i]}, expected one in each, which the rows are paged by");
            key[i] = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
        }

        return key;
    }

    private static Func<SupabaseProject, HttpRequestMessage> Get(string path) => project => project.Request(HttpMethod.Get, path);

    private static Func<SupabaseProject, HttpRequestMessage> Call(string function, int limit, long offset) => project =>
    {
        var request = project.Request(HttpMethod.Post, $"rest/v1/rpc/{function}");
        request.Content = JsonContent.Create(new Dictionary<string, long> { ["limit_count"] = limit, ["offset_count"] = offset });
        return request;
    };

    /// <summary>Asks for ever smaller pages where the database stops a larger one.</summary>
    private async Task<JsonDocument> PageAsync(
        string table, Func<int, Func<SupabaseProject, HttpRequestMessage>> request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var size = Volatile.Read(ref _pageSize);
            try
            {
                return (await PageAsync(table, request(size), missingIsNull: false, cancellationToken))!;
            }
            catch (StatementTimeoutException) when (size > 1)
            {
                // Tables are read side by side: one that was asked with the larger size meanwhile must not shrink it again.
                Interlocked.CompareExchange(ref _pageSize, Math.Max(1, size / 4), size);
            }
            catch (StatementTimeoutException error)
            {
                throw new IOException(
                    $"{Location}, {table}: the database stops even a page of 1 row ({error.Message}), expected an answer in time: is there an index on the order?", error);
            }
        }
    }

    private Task<JsonDocument?> PageAsync(
        string table, Func<SupabaseProject, HttpRequestMessage> request, bool missingIsNull, CancellationToken cancellationToken) =>
        client.SendAsync(table, request, (response, token) => ReadPageAsync(table, response, missingIsNull, token), cancellationToken);

    private async Task<JsonDocument?> ReadPageAsync(string table, HttpResponseMessage response, bool missingIsNull, CancellationToken cancellationToken)
    {
        if (response.StatusCode == HttpStatusCode.NotFound && missingIsNull && IsJson(response))
            return null;
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            return JsonDocument.Parse("[]");
        if (!response.IsSuccessStatusCode)
            throw new PermanentStageException(
                $"{Location}, {table}: refused with {await client.TellAsync(response, cancellationToken)}, expected the service's table to be readable over REST");
        if (!IsJson(response))
            throw new PermanentStageException(
                $"{Location}, {table}: found {response.Content.Headers.ContentType?.MediaType ?? "no content type"} ({await client.TellAsync(response, cancellationToken)}), "
                + $"expected JSON: {SupabaseProject.UrlVariable} is probably not the project's API");
        return await ParseAsync(table, response, cancellationToken);
    }

    private async Task<JsonDocument> ParseAsync(string table, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await response.Content.LoadIntoBufferAsync(MaxPageBytes, cancellationToken);
        JsonDocument page;
        try
        {
            page = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
        }
        catch (JsonException error)
        {
            throw new IOException($"{table}: half a page ({error.Message})", error);
        }

        if (page.RootElement.ValueKind == JsonValueKind.Array && page.RootElement.EnumerateArray().All(row => row.ValueKind == JsonValueKind.Object))
            return page;
        var found = page.RootElement.GetRawText();
        page.Dispose();
        throw new PermanentStageException($"{Location}, {table}: found {(found.Length <= 100 ? found : found[..100] + "…")}, expected a JSON array of rows");
    }

    private static bool IsJson(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) == true;
}

using System.Net.Http.Json;
using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Supabase.Storage;

/// <summary>Lists a bucket: the service lists one folder at a time, in pages.</summary>
internal sealed class StorageListing(SupabaseClient client, string bucket)
{
    private const int PageSize = 1000;

    private string Location => $"{client.Location}/storage/v1/{bucket}";

    /// <summary>All paths that start with <paramref name="prefix"/>, in ordinal order; none where there is no such bucket.</summary>
    public async Task<IReadOnlyList<string>> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        var paths = new List<string>();
        var folders = new Stack<string>();
        folders.Push(prefix[..(prefix.LastIndexOf('/') + 1)]);
        while (folders.TryPop(out var folder))
        {
            await foreach (var (name, isFolder) in ReadFolderAsync(folder, cancellationToken))
            {
                var path = folder + name;
                if (!path.StartsWith(prefix, StringComparison.Ordinal))
                    continue;
                if (isFolder)
                    folders.Push(path + "/");
                else
                    paths.Add(path);
            }
        }

        paths.Sort(StringComparer.Ordinal);
        return paths;
    }

    private async IAsyncEnumerable<Entry> ReadFolderAsync(string folder, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var offset = 0; ;)
        {
            var from = offset;
            var page = await client.SendAsync(folder, project => Request(project, folder, from), (response, token) => ReadPageAsync(folder, response, token), cancellationToken);
            if (page.Count == 0)
                yield break;
            foreach (var entry in page)
                yield return entry;
            offset += page.Count;
        }
    }

    private HttpRequestMessage Request(SupabaseProject project, string folder, int offset)
    {
        var request = project.Request(HttpMethod.Post, $"storage/v1/object/list/{bucket}");
        request.Content = JsonContent.Create(new { prefix = folder.TrimEnd('/'), limit = PageSize, offset, sortBy = new { column = "name", order = "asc" } });
        return request;
    }

    private async Task<List<Entry>> ReadPageAsync(string folder, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (!response.IsSuccessStatusCode)
        {
            var answer = await StorageAnswer.ReadAsync(client, response, cancellationToken);
            return answer.IsMissing ? [] : throw new PermanentStageException($"{folder} in {Location}: refused with {answer.Text}, expected the right to list files");
        }

        try
        {
            // A folder is no object of its own, so it has no id.
            var page = await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            return [.. page.EnumerateArray().Select(entry => new Entry(entry.GetProperty("name").GetString()!, entry.GetProperty("id").ValueKind == JsonValueKind.Null))];
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new IOException($"{folder} in {Location}: no list of files ({error.Message})", error);
        }
    }

    private readonly record struct Entry(string Name, bool IsFolder);
}

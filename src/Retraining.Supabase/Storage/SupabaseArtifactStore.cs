using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Supabase.Storage;

/// <summary>A bucket of Supabase Storage over REST. A file appears whole, so that a reader sees the old one or the new one.</summary>
/// <param name="client">The project's.</param>
/// <param name="bucket">Made, not public, where it does not exist.</param>
public sealed class SupabaseArtifactStore(SupabaseClient client, string bucket) : IArtifactStore
{
    /// <summary>Below, a file whose upload breaks is sent again whole, and keeps all that its cache header says.</summary>
    internal const int ResumableFrom = 48 * 1024 * 1024;
    private const int TempBuffer = 1 << 16;

    private readonly StorageListing _listing = new(client, bucket);
    private bool _bucketExists;

    public string Location => $"{client.Location}/storage/v1/{bucket}";

    // The nonce keeps caches on the way from answering with an older file.
    public async Task<Stream> OpenReadAsync(string path, CancellationToken cancellationToken) => await SendAsync(
        path,
        project => project.Request(HttpMethod.Get, $"storage/v1/object/authenticated/{Escaped(path)}?nonce={Guid.NewGuid():N}"),
        DownloadAsync,
        cancellationToken) ?? throw new ArtifactNotFoundException(path, Location);

    public async Task<ArtifactRef> WriteAsync(
        string path, Func<Stream, CancellationToken, Task> write, WriteOptions options, CancellationToken cancellationToken)
    {
        await using var content = Temporary();
        await write(content, cancellationToken);
        content.Position = 0;
        var sha256 = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken));
        await EnsureBucketAsync(cancellationToken);
        if (content.Length >= ResumableFrom)
        {
            await new ResumableUpload(client, bucket).SendAsync(path, content, options, cancellationToken);
            return new ArtifactRef(path, sha256, content.Length);
        }

        return await SendAsync(path, project => Upload(project, path, content, options), Ended, cancellationToken) is null
            ? throw new PermanentStageException($"{path} in {Location}: the bucket is gone, expected it to stay")
            : new ArtifactRef(path, sha256, content.Length);
    }

    public async Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) =>
        await SendAsync(path, project => project.Request(HttpMethod.Get, $"storage/v1/object/info/{Escaped(path)}"), Ended, cancellationToken) is not null;

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellationToken) => _listing.ReadAsync(prefix, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => SendAsync(path, project => Deletion(project, path), Ended, cancellationToken);

    private HttpRequestMessage Upload(SupabaseProject project, string path, FileStream content, WriteOptions options)
    {
        content.Position = 0;
        var request = project.Request(HttpMethod.Post, $"storage/v1/object/{Escaped(path)}");
        request.Headers.TryAddWithoutValidation("x-upsert", "true");
        request.Headers.TryAddWithoutValidation("cache-control", options.CacheControl ?? "no-store");

        // A request disposes its content after each attempt; the file has to survive that.
        request.Content = new StreamContent(new UnownedStream(content));
        request.Content.Headers.ContentLength = content.Length;
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(ContentTypes.Of(path));
        return request;
    }

    private HttpRequestMessage Deletion(SupabaseProject project, string path)
    {
        var request = project.Request(HttpMethod.Delete, $"storage/v1/object/{bucket}");
        request.Content = JsonContent.Create(new { prefixes = new[] { path } });
        return request;
    }

    private static async Task<Stream> DownloadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var file = Temporary();
        try
        {
            await response.Content.CopyToAsync(file, cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }

    private async Task EnsureBucketAsync(CancellationToken cancellationToken)
    {
        if (_bucketExists)
            return;
        if (await SendAsync("bucket", project => project.Request(HttpMethod.Get, $"storage/v1/bucket/{bucket}"), Ended, cancellationToken) is null)
            await client.SendAsync("bucket", NewBucket, RequireBucketAsync, cancellationToken);
        _bucketExists = true;
    }

    private HttpRequestMessage NewBucket(SupabaseProject project)
    {
        var request = project.Request(HttpMethod.Post, "storage/v1/bucket");
        request.Content = JsonContent.Create(new { id = bucket, name = bucket, @public = false });
        return request;
    }

    /// <summary>A bucket that another process made meanwhile is as good.</summary>
    private async Task<bool> RequireBucketAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
            return true;
        var answer = await StorageAnswer.ReadAsync(client, response, cancellationToken);
        return answer.IsConflict ? true : throw Refused("bucket", answer);
    }

    /// <returns>Null where there is no such file, or no such bucket.</returns>
    private Task<T?> SendAsync<T>(
        string path, Func<SupabaseProject, HttpRequestMessage> request, Func<HttpResponseMessage, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
        where T : class => client.SendAsync<T?>(path, request, async (response, token) =>
        {
            if (response.IsSuccessStatusCode)
                return await read(response, token);
            var answer = await StorageAnswer.ReadAsync(client, response, token);
            return answer.IsMissing ? null : throw Refused(path, answer);
        }, cancellationToken);

    private static Task<object> Ended(HttpResponseMessage response, CancellationToken cancellationToken) => Task.FromResult<object>(response.StatusCode);

    private PermanentStageException Refused(string path, StorageAnswer answer) => new(
        $"{path} in {Location}: refused with {answer.Text}, expected "
        + (answer.IsRefused ? $"{SupabaseProject.KeyVariable} to be a valid service role key" : "the bucket to take and give files of this size and type"));

    private string Escaped(string path) => $"{bucket}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    private static FileStream Temporary() => new(
        Path.Combine(Path.GetTempPath(), $"retrain-{Guid.NewGuid():N}"), FileMode.CreateNew, FileAccess.ReadWrite, FileShare.None, TempBuffer,
        FileOptions.DeleteOnClose | FileOptions.Asynchronous);
}

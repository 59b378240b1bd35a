using System.Security.Cryptography;
using System.Text;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Supabase;
using Retraining.Supabase.Storage;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Supabase;

public sealed class SupabaseArtifactStoreTests : IAsyncLifetime, IDisposable
{
    private readonly InstantTime _time = new();
    private readonly List<SupabaseClient> _clients = [];
    private StorageServer _server = null!;

    public async Task InitializeAsync() => _server = await StorageServer.StartAsync();

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    [Fact]
    public async Task WriteAsync_BigFile_ArrivesWithHashTypeAndCacheHeader()
    {
        var content = new byte[9_000_017];
        new Random(1).NextBytes(content);
        var store = Store();

        var written = await store.WriteAsync("two-tower/v3/20260601_000000/user_tower.onnx", (stream, token) => stream.WriteAsync(content, token).AsTask(), WriteOptions.Immutable, default);

        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(content)), content.Length), (written.Sha256, written.SizeBytes));
        var file = _server.Files["models/" + written.Path];
        Assert.Equal(content, file.Content);
        Assert.Equal(("application/octet-stream", "public, max-age=31536000, immutable"), (file.ContentType, file.CacheControl));
        await using var stream = await store.OpenReadAsync(written.Path, default);
        stream.Seek(-3, SeekOrigin.End);
        Assert.Equal(content[^3], stream.ReadByte());
    }

    [Fact]
    public async Task WriteAsync_FileThatIsThere_IsReplaced()
    {
        await WriteAsync(Store(), "a.json", "old");
        await WriteAsync(Store(), "a.json", "new");
        Assert.Equal("new", await ReadAsync(Store(), "a.json"));
        Assert.Equal(("application/json", "no-cache"), (_server.Files["models/a.json"].ContentType, _server.Files["models/a.json"].CacheControl));
    }

    [Fact]
    public async Task WriteAsync_WriterFails_KeepsTheOldFile()
    {
        await WriteAsync(Store(), "kept.json", "old");
        await Assert.ThrowsAsync<IOException>(() => Store().WriteAsync("kept.json", (_, _) => throw new IOException("disk full"), WriteOptions.Pointer, default));
        Assert.Equal("old", await ReadAsync(Store(), "kept.json"));
    }

    [Fact]
    public async Task WriteAsync_BusyServerAndBrokenConnection_UploadsTheWholeFileAgain()
    {
        var store = Store();
        await WriteAsync(store, "first", "first");
        var before = _server.Requests;
        _server.Intercept = async (context, number) =>
        {
            if (number == before + 1)
                context.Response.StatusCode = 503;
            else if (number == before + 2)
                context.Abort();
            await Task.CompletedTask;
            return number <= before + 2;
        };
        await WriteAsync(store, "x.txt", new string('x', 3_000_000));
        Assert.Equal(3_000_000, _server.Files["models/x.txt"].Content.Length);
        Assert.Equal(2, _time.Waits.Count);
    }

    [Fact]
    public async Task OpenReadAsync_DownloadThatBreaksOff_IsRepeated()
    {
        await WriteAsync(Store(), "x.txt", "0123456789");
        var broken = false;
        _server.Intercept = async (context, _) =>
        {
            if (broken)
                return false;
            broken = true;
            context.Response.ContentLength = 10;
            await context.Response.Body.WriteAsync("01234"u8.ToArray());
            await context.Response.Body.FlushAsync();
            context.Abort();
            return true;
        };
        Assert.Equal("0123456789", await ReadAsync(Store(), "x.txt"));
        Assert.Single(_time.Waits);
    }

    [Fact]
    public async Task ListAsync_FoldersAndPages_GivePathsInOrdinalOrder()
    {
        var store = Store();
        string[] paths = ["list/B", "list/a/x", "list/a/y/z", "list/b", "listing", "other/list/q"];
        foreach (var path in paths)
            await WriteAsync(store, path, path);
        await store.DeleteAsync("list/b", default);
        await store.DeleteAsync("list/never", default);
        _server.LargestList = 1;

        Assert.Equal(["list/B", "list/a/x", "list/a/y/z"], await store.ListAsync("list/", default));
        Assert.Equal(["list/B", "list/a/x", "list/a/y/z", "listing"], await store.ListAsync("lis", default));
        Assert.Equal(["list/a/x", "list/a/y/z"], await store.ListAsync("list/a", default));
        Assert.Equal(5, (await store.ListAsync("", default)).Count);
    }

    [Fact]
    public async Task OpenReadAsync_NoSuchFileOrBucket_SaysSo()
    {
        var store = Store();
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => store.OpenReadAsync("none", default));
        Assert.False(await store.ExistsAsync("none", default));
        Assert.Empty(await store.ListAsync("", default));
        await store.DeleteAsync("none", default);
        await WriteAsync(store, "some", "x");
        Assert.True(await store.ExistsAsync("some", default));
        await Assert.ThrowsAsync<ArtifactNotFoundException>(() => store.OpenReadAsync("none", default));
    }

    [Fact]
    public async Task WriteAsync_WrongKey_IsPermanentAndHoldsNoKey()
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => WriteAsync(Store("a-wrong-key"), "x", "x"));
        Assert.Contains("Invalid Compact JWS ***", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-wrong-key", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteAsync_FileOverTheBucketsLimit_IsPermanentAndSaysSo()
    {
        _server.LargestFile = 10;
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => WriteAsync(Store(), "x", "more than ten"));
        Assert.Contains("The object exceeded the maximum allowed size", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Copy_ThroughTheStore_IsVerifiedAndRepeatable()
    {
        var source = new MemoryArtifactStore();
        var file = await source.WriteAsync("a", (stream, token) => stream.WriteAsync("content"u8.ToArray(), token).AsTask(), WriteOptions.Private, default);
        for (var time = 0; time < 2; time++)
            await VerifiedCopy.CopyAsync(source, "a", file.Sha256, Store(), "two-tower/v3/a", WriteOptions.Immutable, default);
        Assert.Equal(file.Sha256, await VerifiedCopy.HashAsync(Store(), "two-tower/v3/a", default));
    }

    private SupabaseArtifactStore Store(string key = StorageServer.Key)
    {
        var client = new SupabaseClient(_server.Project(key), _time);
        _clients.Add(client);
        return new SupabaseArtifactStore(client, "models");
    }

    private static Task<ArtifactRef> WriteAsync(SupabaseArtifactStore store, string path, string text) => store.WriteAsync(
        path, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(text), token).AsTask(), WriteOptions.Pointer, default);

    private static async Task<string> ReadAsync(SupabaseArtifactStore store, string path)
    {
        await using var stream = await store.OpenReadAsync(path, default);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}

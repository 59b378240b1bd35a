using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Supabase;
using Retraining.Supabase.Storage;

namespace Retraining.Tests.Supabase;

public sealed class ResumableUploadTests : IAsyncLifetime, IDisposable
{
    private const int Size = SupabaseArtifactStore.ResumableFrom + 12_345; // eight parts and a rest

    private readonly InstantTime _time = new();
    private readonly byte[] _content = new byte[Size];
    private StorageServer _server = null!;
    private SupabaseClient _client = null!;

    public async Task InitializeAsync()
    {
        new Random(1).NextBytes(_content);
        _server = await StorageServer.StartAsync();
        _client = new SupabaseClient(_server.Project(), _time);
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task WriteAsync_VeryBigFile_ArrivesInParts()
    {
        var parts = Count("PATCH");

        await WriteAsync();

        Assert.Equal(9, parts());
        Assert.Equal(("application/octet-stream", "max-age=31536000"), (Stored().ContentType, Stored().CacheControl));
        await WriteAsync(); // and replaces the one that is there
        Assert.Equal(2, _server.Resumable.Created);
    }

    [Fact]
    public async Task WriteAsync_ConnectionBreaksWithinAPart_GoesOnWhereItStopped()
    {
        var parts = 0;
        _server.Intercept = async (context, _) =>
        {
            if (context.Request.Method != "PATCH" || ++parts != 4)
                return false;
            await _server.Resumable.BreakPartAsync(context);
            return true;
        };

        await WriteAsync();

        Assert.Equal(1, _server.Resumable.Created);
        Assert.InRange(parts, 10, 12);
    }

    [Fact]
    public async Task WriteAsync_ServiceForgetsTheUpload_StartsAnew()
    {
        var parts = 0;
        _server.Intercept = (context, _) =>
        {
            if (context.Request.Method == "PATCH" && ++parts == 4)
                _server.Resumable.Forget();
            return Task.FromResult(false);
        };

        await WriteAsync();

        Assert.Equal(2, _server.Resumable.Created);
    }

    [Fact]
    public async Task WriteAsync_ServiceRefusesTheSize_SaysSo()
    {
        _server.Intercept = async (context, _) =>
        {
            if (context.Request.Method != "POST" || !context.Request.Path.Value!.EndsWith("resumable", StringComparison.Ordinal))
                return false;
            context.Response.StatusCode = 413;
            await context.Response.WriteAsync("Maximum size exceeded");
            return true;
        };

        var error = await Assert.ThrowsAsync<PermanentStageException>(WriteAsync);

        Assert.Contains("refused with 413 Maximum size exceeded", error.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Files);
    }

    [Fact]
    public async Task WriteAsync_NothingEverArrives_GivesUp()
    {
        _server.Intercept = (context, _) =>
        {
            var isPart = context.Request.Method == "PATCH";
            if (isPart)
                context.Response.StatusCode = 409;
            return Task.FromResult(isPart);
        };

        var error = await Assert.ThrowsAsync<IOException>(WriteAsync);

        Assert.Contains($"stopped at byte 0 of {Size}", error.Message, StringComparison.Ordinal);
    }

    private async Task WriteAsync()
    {
        var store = new SupabaseArtifactStore(_client, "models");
        var written = await store.WriteAsync("v/item_tower.onnx", (stream, token) => stream.WriteAsync(_content, token).AsTask(), WriteOptions.Immutable, default);
        Assert.Equal((Size, Convert.ToHexStringLower(SHA256.HashData(_content))), (written.SizeBytes, written.Sha256));
        Assert.Equal(_content, Stored().Content);
    }

    private StoredFile Stored() => _server.Files["models/v/item_tower.onnx"];

    private Func<int> Count(string method)
    {
        var count = 0;
        _server.Intercept = (context, _) =>
        {
            if (context.Request.Method == method)
                Interlocked.Increment(ref count);
            return Task.FromResult(false);
        };
        return () => count;
    }
}

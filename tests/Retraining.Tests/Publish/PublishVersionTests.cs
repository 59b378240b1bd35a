using Retraining.Artifacts;
using Retraining.Azure;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Publish;

public sealed class PublishVersionTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private const string First = "20260601_000000", Second = "20260608_000000";
    private readonly VersionFiles _files = new();

    [Fact]
    public async Task RunAsync_NewVersion_WritesTheManifestLastAndNothingElsewhere()
    {
        var store = new FailingStore(new MemoryArtifactStore());

        var published = await _files.PublishAsync(await _files.WriteAsync(First, "a"), store);

        Assert.Equal([.. VersionFiles.Names, "manifest.json"], store.Written.Select(path => path[$"two-tower/v3/{First}/".Length..]));
        Assert.Equal((VersionFiles.Names.Length + 1, $"two-tower/v3/{First}/"), (published.Files, published.Path));
        var models = new ModelStore(store, "two-tower/v3");
        Assert.Null(await models.ReadReigningAsync(CancellationToken.None));
        Assert.Equal([First], await models.ListVersionsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_Repeated_WritesNothing()
    {
        var store = new FailingStore(new MemoryArtifactStore());
        var artifacts = await _files.WriteAsync(First, "a");
        var once = await _files.PublishAsync(artifacts, store);
        store.WritesBeforeFailure = 0;
        Assert.Equal(once, await _files.PublishAsync(artifacts, store));
    }

    [Fact]
    public async Task RunAsync_AfterAFailure_WritesWhatIsMissing()
    {
        var store = new FailingStore(new MemoryArtifactStore()) { WritesBeforeFailure = 2, Failures = 1 };
        var artifacts = await _files.WriteAsync(First, "a");
        await Assert.ThrowsAsync<IOException>(() => _files.PublishAsync(artifacts, store));
        Assert.Empty(await new ModelStore(store, "two-tower/v3").ListVersionsAsync(CancellationToken.None));

        await _files.PublishAsync(artifacts, store);

        Assert.Equal(store.Written.Distinct(), store.Written);
        Assert.Equal([First], await new ModelStore(store, "two-tower/v3").ListVersionsAsync(CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_OtherContentUnderThatVersion_IsRefused()
    {
        var store = new MemoryArtifactStore();
        await _files.PublishAsync(await _files.WriteAsync(First, "a"), store);
        var other = await _files.WriteAsync(First, "b");
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _files.PublishAsync(other, store));
        Assert.Contains("a version never changes", error.Message, StringComparison.Ordinal);
        Assert.Equal("two_tower.onnx a", store.Text($"two-tower/v3/{First}/two_tower.onnx"));
    }

    [Fact]
    public async Task RunAsync_BitFlippedOnTheWay_IsNoticed()
    {
        var store = new FailingStore(new MemoryArtifactStore()) { FlipsBit = true };
        var artifacts = await _files.WriteAsync(First, "a");
        var error = await Assert.ThrowsAsync<IOException>(() => _files.PublishAsync(artifacts, store));
        Assert.Contains("feature_schema.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("SHA-256", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task MoveAsync_SecondVersion_MovesCurrentWithTheManifestLast()
    {
        var store = new FailingStore(new MemoryArtifactStore());
        await PublishBothAsync(store);
        var pointer = new CurrentPointer(store, "two-tower/v3");
        await pointer.MoveAsync(First, CancellationToken.None);
        store.Written.Clear();

        await pointer.MoveAsync(Second, CancellationToken.None);

        Assert.Equal("two-tower/v3/current/manifest.json", store.Written[^1]);
        await AssertCurrentAsync(store, Second, "b");
        Assert.Equal("two_tower.onnx a", await TextAsync(store, $"models/two_tower_{First}.onnx"));
        Assert.Equal("two_tower.onnx b", await TextAsync(store, "models/two_tower_latest.onnx"));
        Assert.Equal("model_meta.json b", await TextAsync(store, "models/two_tower_latest.json"));
    }

    [Fact]
    public async Task MoveAsync_FileThatTheNewVersionLacks_IsRemoved()
    {
        var store = new MemoryArtifactStore();
        await _files.PublishAsync(await _files.WriteAsync(First, "a", null, null, "vocab_old.json"), store);
        await _files.PublishAsync(await _files.WriteAsync(Second, "b", First), store);
        var pointer = new CurrentPointer(store, "two-tower/v3");
        await pointer.MoveAsync(First, CancellationToken.None);
        await pointer.MoveAsync(Second, CancellationToken.None);
        Assert.False(await store.ExistsAsync("two-tower/v3/current/vocab_old.json", CancellationToken.None));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(11)]
    public async Task MoveAsync_WriteFails_PutsTheOldFilesBack(int writesBefore)
    {
        var store = new FailingStore(new MemoryArtifactStore());
        await PublishBothAsync(store);
        var pointer = new CurrentPointer(store, "two-tower/v3");
        await pointer.MoveAsync(First, CancellationToken.None);
        (store.WritesBeforeFailure, store.Failures) = (writesBefore, 1);

        await Assert.ThrowsAsync<IOException>(() => pointer.MoveAsync(Second, CancellationToken.None));

        await AssertCurrentAsync(store, First, "a");
        Assert.Equal("two_tower.onnx a", await TextAsync(store, "models/two_tower_latest.onnx"));
    }

    [Fact]
    public async Task MoveAsync_CrashedHalfway_IsHealedByTheSameMove()
    {
        var store = new FailingStore(new MemoryArtifactStore());
        await PublishBothAsync(store);
        var pointer = new CurrentPointer(store, "two-tower/v3");
        await pointer.MoveAsync(First, CancellationToken.None);
        // Everything fails from the eighth write on, putting back included: what a crash leaves.
        (store.WritesBeforeFailure, store.Failures) = (8, int.MaxValue);
        await Assert.ThrowsAsync<AggregateException>(() => pointer.MoveAsync(Second, CancellationToken.None));
        Assert.Equal(First, (await new ModelStore(store, "two-tower/v3").ReadReigningAsync(CancellationToken.None))!.Version);

        store.WritesBeforeFailure = int.MaxValue;
        await pointer.MoveAsync(Second, CancellationToken.None);

        await AssertCurrentAsync(store, Second, "b");
    }

    [Fact]
    public async Task MoveAsync_VersionNotPublished_IsRefused()
    {
        var pointer = new CurrentPointer(new MemoryArtifactStore(), "two-tower/v3");
        await Assert.ThrowsAsync<PermanentStageException>(() => pointer.MoveAsync(First, CancellationToken.None));
        await Assert.ThrowsAsync<PermanentStageException>(() => pointer.MoveAsync("../x", CancellationToken.None));
    }

    [AzuriteFact]
    public async Task RunAsync_AzureBlobs_PublishesAndMovesCurrent()
    {
        var store = new BlobAccount(azurite.ConnectionString, null).Open(new PublishSettings { Container = azurite.Container });
        await PublishBothAsync(store);
        var pointer = new CurrentPointer(store, "two-tower/v3");
        await pointer.MoveAsync(First, CancellationToken.None);
        await pointer.MoveAsync(Second, CancellationToken.None);
        await AssertCurrentAsync(store, Second, "b");
        Assert.Equal([Second, First], await new ModelStore(store, "two-tower/v3").ListVersionsAsync(CancellationToken.None));
    }

    private async Task PublishBothAsync(IArtifactStore store)
    {
        await _files.PublishAsync(await _files.WriteAsync(First, "a"), store);
        await _files.PublishAsync(await _files.WriteAsync(Second, "b", First), store);
    }

    private static async Task AssertCurrentAsync(IArtifactStore store, string version, string letter)
    {
        Assert.Equal(version, (await new ModelStore(store, "two-tower/v3").ReadReigningAsync(CancellationToken.None))!.Version);
        foreach (var name in VersionFiles.Names)
            Assert.Equal($"{name} {letter}", await TextAsync(store, "two-tower/v3/current/" + name));
    }

    private static async Task<string> TextAsync(IArtifactStore store, string path)
    {
        await using var stream = await store.OpenReadAsync(path, CancellationToken.None);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}

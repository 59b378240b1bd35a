using System.Text;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Publish;

public sealed class ModelStoreTests
{
    private const string Hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    [Fact]
    public async Task ReadReigning_NothingPublished_IsNull() =>
        Assert.Null(await new ModelStore(new MemoryArtifactStore(), "two-tower/v3").ReadReigningAsync(default));

    [Fact]
    public async Task ReadReigning_GoodManifest_GivesIt()
    {
        var manifest = await ReadAsync(Manifest());
        Assert.Equal(("20260601_000000", 128, "20260501_000000"), (manifest!.Version, manifest.EmbeddingDim, manifest.ReferenceVersion));
        Assert.Equal(new PublishedFile("user_tower.onnx", Hash, 7), Assert.Single(manifest.Files));
    }

    [Theory]
    [InlineData("null", "null, expected an object")]
    [InlineData("[]", "not a manifest")]
    [InlineData("""{"version": "20260601_000000"}""", "not a manifest")]
    public async Task ReadReigning_NoManifest_SaysWhere(string json, string expected)
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => ReadAsync(json));
        Assert.StartsWith("two-tower/v3/current/manifest.json in memory: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20260601_000000", "../20260601", "version")]
    [InlineData("128", "0", "embedding_dim")]
    [InlineData("20260501_000000", "../20260501", "model_meta.reference_version")]
    [InlineData("user_tower.onnx", "../../user_tower.onnx", "files[0].path")]
    [InlineData("user_tower.onnx", ".hidden", "files[0].path")]
    [InlineData(Hash, "E3B0", "files[0].sha256")]
    [InlineData("\"size\": 7", "\"size\": -7", "files[0].size")]
    public async Task ReadReigning_MemberOutOfRange_NamesIt(string good, string bad, string field)
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => ReadAsync(Manifest().Replace(good, bad, StringComparison.Ordinal)));
        Assert.Contains($", {field}: '", error.Message, StringComparison.Ordinal);
    }

    private static string Manifest() => $$"""
        {"version": "20260601_000000", "created_at": "2026-06-01T00:00:00+00:00", "input_schema_version": 3, "embedding_dim": 128,
         "model_meta": {"reference_version": "20260501_000000"},
         "files": [{"path": "user_tower.onnx", "sha256": "{{Hash}}", "size": 7}]}
        """;

    private static async Task<PublishedManifest?> ReadAsync(string json)
    {
        var store = new MemoryArtifactStore();
        await store.WriteAsync(
            "two-tower/v3/current/manifest.json", (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(json), token).AsTask(),
            WriteOptions.Pointer, default);
        return await new ModelStore(store, "two-tower/v3").ReadReigningAsync(default);
    }
}

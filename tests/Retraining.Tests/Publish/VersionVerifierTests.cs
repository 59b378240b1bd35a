using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Serving;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Export;

namespace Retraining.Tests.Publish;

/// <summary>A real version, spoilt in one place at a time.</summary>
public sealed class VersionVerifierTests : IDisposable
{
    private const string Folder = $"two-tower/v3/{TrainedRun.Version}/";

    private readonly string _indexFolder = Directory.CreateTempSubdirectory().FullName;
    private readonly MemoryArtifactStore _store = new();
    private TrainedRun _run = null!;

    public void Dispose() => Directory.Delete(_indexFolder, recursive: true);

    [Theory]
    [InlineData("v2")]
    [InlineData("v3")]
    public async Task RunAsync_VersionAsPublished_HasNoFault(string features)
    {
        await PublishAsync(features);
        await LoadAsync();

        var report = await VerifyAsync();

        Assert.Empty(report.Faults);
        Assert.Equal(["files", "dimensions", "golden", "vectors", "counts", "index-vectors", "ann-recall"], report.Checks.Select(check => check.Name));
    }

    [Fact]
    public async Task RunAsync_NotLoaded_SaysSoAndLooksAtTheFiles()
    {
        await PublishAsync();

        var report = await VerifyAsync();

        Assert.True(report.Passed);
        Assert.Contains("not loaded in", report.Checks[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileChangedOrGone_IsNamed()
    {
        await PublishAsync();
        await _store.DeleteAsync(Folder + "normalizer.json", default);
        await PutAsync("gate.json", "{ }"u8.ToArray());

        var report = await VerifyAsync();

        Assert.Equal(["files"], report.Checks.Select(check => check.Name));
        Assert.Equal(2, report.Faults.Count());
        Assert.Contains(report.Faults, fault => fault.StartsWith("files: gate.json: 3 bytes", StringComparison.Ordinal));
        Assert.Contains(report.Faults, fault => fault.Contains("normalizer.json", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("golden.json", "users.0.embedding.3", "golden: golden-1, embedding, component 3")]
    [InlineData("golden.json", "users.0.features.1", "golden: golden-1, features, component 1")]
    [InlineData("golden.json", "items.0.embedding.3", "golden: video")]
    [InlineData("golden.json", "version", "golden: golden.json is of version")]
    [InlineData("normalizer.json", "user_numeric.like_count.mean", "golden: golden-")]
    [InlineData("feature_schema.json", "embedding_dim", "dimensions: feature_schema.json, embedding_dim: 17, expected 16")]
    public async Task RunAsync_ContentThatDoesNotBelongTogether_IsFound(string file, string path, string expected)
    {
        await PublishAsync();
        await SpoilAsync(file, path);

        var report = await VerifyAsync();

        Assert.Contains(report.Faults, fault => fault.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_VectorsOfAnotherModel_AreFound()
    {
        await PublishAsync();
        await LoadAsync();
        // User embeddings under the videos' name: a Parquet file, but of other rows.
        await ReplaceAsync("video_embeddings.parquet", await ReadAsync("user_embeddings.parquet"));

        var report = await VerifyAsync();

        Assert.False(report.Passed);
        Assert.Contains(report.Faults, fault => fault.Contains("video_id", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_NoSuchVersion_IsRefused() =>
        await Assert.ThrowsAsync<PermanentStageException>(VerifyAsync);

    [Fact]
    public async Task ActivateVersion_SpoiltVersion_IsNotMadeLive()
    {
        var artifacts = await PublishAsync();
        var (videos, users) = await LoadAsync();
        await SpoilAsync("golden.json", "users.0.embedding.3");
        var stage = new ActivateVersion(_ => _store, _ => Index());
        var published = new PublishedVersion
        {
            Version = TrainedRun.Version,
            Path = Folder,
            Location = "memory",
            Files = 1,
            SizeBytes = 1,
            ManifestSha256 = artifacts.Manifest.Sha256,
        };

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => stage.RunAsync(
            new(published, artifacts, videos, users, new(), Serving(), new Dictionary<string, double>(), "test"), _run.Context, default));

        Assert.Contains("is not as published, golden: golden-1, embedding", error.Message, StringComparison.Ordinal);
        Assert.Null(await new ModelStore(_store, "two-tower/v3").ReadReigningAsync(default));
    }

    private async Task<ArtifactSet> PublishAsync(string features = "v3")
    {
        _run = await TrainedRun.CreateAsync(features);
        var artifacts = await _run.WriteManifestAsync();
        await new PublishVersion(_run.Work, _ => _store).RunAsync(new(artifacts, new()), _run.Context, default);
        return artifacts;
    }

    private async Task<(LoadedEmbeddings Videos, LoadedEmbeddings Users)> LoadAsync()
    {
        var load = new LoadEmbeddings(_run.Work, _ => Index());
        return (await LoadAsync(EmbeddingKind.Videos, await _run.EmbedVideosAsync()), await LoadAsync(EmbeddingKind.Users, await _run.EmbedUsersAsync()));

        Task<LoadedEmbeddings> LoadAsync(EmbeddingKind kind, Retraining.Export.EmbeddingTable table) =>
            load.RunAsync(new(kind, TrainedRun.Version, table, _run.Data.Snapshot, ["like"], Serving()), _run.Context, default);
    }

    private Task<VerificationReport> VerifyAsync() =>
        new VersionVerifier(_store, new(), Index(), minAnnRecall: 0.9).RunAsync(TrainedRun.Version, default);

    private ServingSettings Serving() => new() { Folder = _indexFolder };

    private FileVectorIndex Index() => new(Serving(), TimeProvider.System);

    /// <summary>Changes one value in a JSON file and writes the hash into the manifest, as if it had been published so.</summary>
    private async Task SpoilAsync(string file, string path)
    {
        var root = JsonNode.Parse(await ReadAsync(file))!;
        var steps = path.Split('.');
        var parent = steps[..^1].Aggregate(root, Step);
        JsonNode changed = Step(parent, steps[^1]).GetValueKind() == JsonValueKind.Number ? Step(parent, steps[^1]).GetValue<double>() + 1 : "20000101_000000";
        if (parent is JsonArray array)
            array[int.Parse(steps[^1])] = changed;
        else
            parent[steps[^1]] = changed;
        await ReplaceAsync(file, Encoding.UTF8.GetBytes(root.ToJsonString()));

        static JsonNode Step(JsonNode node, string step) => node is JsonArray array ? array[int.Parse(step)]! : node[step]!;
    }

    private async Task ReplaceAsync(string file, byte[] content)
    {
        var written = await PutAsync(file, content);
        var manifest = JsonNode.Parse(await ReadAsync("manifest.json"))!;
        var entry = manifest["files"]!.AsArray().Single(entry => (string)entry!["path"]! == file)!;
        (entry["sha256"], entry["size"]) = (written.Sha256, written.SizeBytes);
        await PutAsync("manifest.json", Encoding.UTF8.GetBytes(manifest.ToJsonString()));
    }

    private async Task<byte[]> ReadAsync(string file)
    {
        await using var stream = await _store.OpenReadAsync(Folder + file, default);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private Task<ArtifactRef> PutAsync(string file, byte[] content) =>
        _store.WriteAsync(Folder + file, (stream, token) => stream.WriteAsync(content, token).AsTask(), WriteOptions.Immutable, default);
}

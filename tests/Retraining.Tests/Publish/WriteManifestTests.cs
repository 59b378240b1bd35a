using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Tests.Export;

namespace Retraining.Tests.Publish;

public sealed class WriteManifestTests
{
    [Fact]
    public async Task Run_CompleteSet_ManifestNamesEveryFileWithItsHash()
    {
        var run = await TrainedRun.CreateAsync();

        var set = await run.WriteManifestAsync();

        var manifest = JsonSerializer.Deserialize<PublishedManifest>(run.Work.Files[set.Manifest.Path])!;
        Assert.Equal((TrainedRun.Version, 3, 16, "0123abc", null),
            (manifest.Version, manifest.InputSchemaVersion, manifest.EmbeddingDim, manifest.CommitSha, manifest.PreviousVersion));
        Assert.Equal(set.Files.Select(file => file.Name), manifest.Files.Select(file => file.Path));
        foreach (var (file, line) in set.Files.Zip(manifest.Files))
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(run.Work.Files[file.Path])), line.Sha256);
        string[] expected = ["evaluation.json", "gate.json", "model_meta.json", "training_log.ndjson", "user_embeddings.parquet",
            "video_embeddings.parquet", "vocab_video.json"];
        Assert.Superset(expected.ToHashSet(), manifest.Files.Select(file => file.Path).ToHashSet());
        Assert.DoesNotContain(manifest.Files, file => file.Path is "per_user.parquet" or "manifest.json" or "user_features.parquet");
    }

    [Fact]
    public async Task Run_ModelMeta_HasTheAgreedKeys()
    {
        var run = await TrainedRun.CreateAsync();
        await run.WriteManifestAsync();
        using var meta = JsonDocument.Parse(run.Work.Files["runs/r1/model_meta.json"]);
        string[] keys = ["version", "exported_at", "trained_at", "embedding_dim", "user_feature_dim", "item_feature_dim", "tag_vocab_size",
            "actress_vocab_size", "video_vocab_size", "loss", "metrics", "input_schema_version", "config", "data_snapshot_hash",
            "commit", "seed", "trainer", "reference_version"];
        Assert.All(keys, key => Assert.True(meta.RootElement.TryGetProperty(key, out _), key));
        Assert.Equal(0.25, meta.RootElement.GetProperty("metrics").GetProperty("recall@10").GetDouble());
        var data = meta.RootElement.GetProperty("data");
        Assert.Equal((run.Data.Snapshot.Hash, 90), (data.GetProperty("hash").GetString(), data.GetProperty("videos").GetInt32()));
        var config = meta.RootElement.GetProperty("config");
        Assert.Equal(24, config.GetProperty("training").GetProperty("hidden_dim").GetInt32());
        Assert.False(config.TryGetProperty("notification", out _));
    }

    [Theory]
    [InlineData("20260525_000000", null, "20260525_000000")]
    [InlineData(TrainedRun.Version, "20260518_000000", "20260518_000000")] // written again after it went live
    public async Task Run_ReigningVersion_BecomesThePrevious(string reigning, string? before, string expected)
    {
        var run = await TrainedRun.CreateAsync();
        var manifest = new PublishedManifest
        {
            Version = reigning,
            PreviousVersion = before,
            CreatedAt = default,
            InputSchemaVersion = 3,
            EmbeddingDim = 16,
            Files = [],
        };
        await run.Published.WriteAsync(
            $"{run.Settings.Publish.Prefix}/current/manifest.json",
            (stream, token) => JsonSerializer.SerializeAsync(stream, manifest with { ModelMeta = JsonSerializer.SerializeToElement("") }, cancellationToken: token),
            WriteOptions.Pointer, default);
        Assert.Equal(expected, (await run.WriteManifestAsync()).PreviousVersion);
    }

    [Fact]
    public async Task Run_VectorsOfAnotherWidth_AreRefused()
    {
        var run = await TrainedRun.CreateAsync();
        var videos = await run.EmbedVideosAsync();

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => run.WriteManifestAsync(videos with { Dim = 17 }));

        Assert.Equal($"{videos.File.Path}: embeddings of 17, expected 16 as in feature_schema.json", error.Message);
    }

    [Fact]
    public async Task Run_Twice_GivesSameBytes()
    {
        var run = await TrainedRun.CreateAsync();
        Assert.Equal((await run.WriteManifestAsync()).Manifest, (await run.WriteManifestAsync()).Manifest);
    }

    [Fact]
    public Task EdgeFunction_Types_Fit() => NodeClient.CheckTypesAsync();

    /// <summary>The edge function's client, onnxruntime-web, a Parquet reader from npm and the JSON files alone give the golden vectors and embeddings.</summary>
    [Theory]
    [InlineData("v2", false)]
    [InlineData("v3", false)]
    [InlineData("v3", true)]
    public async Task Run_PublishedFolder_SatisfiesAClientInNode(string featureVersion, bool withVectors)
    {
        var run = await TrainedRun.CreateAsync(featureVersion, folder => AddVectors(folder, withVectors));
        var schema = JsonDocument.Parse(run.Work.Files[run.Data.Features.Schema.Path]).RootElement.GetProperty("item_segments");
        Assert.Equal(withVectors, schema.EnumerateArray().Any(segment => segment.GetProperty("type").GetString() == "dense_vector"));
        var set = await run.WriteManifestAsync();
        var folder = Directory.CreateTempSubdirectory("retrain-published-").FullName;
        try
        {
            foreach (var file in (ArtifactRef[])[.. set.Files, set.Manifest])
                await File.WriteAllBytesAsync(Path.Combine(folder, file.Name), run.Work.Files[file.Path]);

            using var report = JsonDocument.Parse(await NodeClient.CheckAsync(folder));

            Assert.Equal(5, report.RootElement.GetProperty("user").GetProperty("cases").GetInt32());
            Assert.Equal(90, report.RootElement.GetProperty("videos").GetInt32());

            var golden = await File.ReadAllTextAsync(Path.Combine(folder, "golden.json"));
            Assert.Equal(withVectors, golden.Contains("\"text_vector\":[", StringComparison.Ordinal));

            // The check can fail: another weight in the tower is another hash.
            var tower = Path.Combine(folder, "user_tower.onnx");
            var bytes = await File.ReadAllBytesAsync(tower);
            bytes[^100] ^= 1;
            await File.WriteAllBytesAsync(tower, bytes);
            var error = await Assert.ThrowsAsync<InvalidOperationException>(() => NodeClient.CheckAsync(folder));
            Assert.Contains("user_tower.onnx: sha256", error.Message, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Gives two videos of three a text vector of five numbers.</summary>
    private static void AddVectors(string folder, bool wanted)
    {
        if (!wanted)
            return;
        var path = Directory.GetFiles(folder, "videos*.json").Single();
        var videos = JsonNode.Parse(File.ReadAllText(path))!.AsArray();
        var random = new Random(5);
        for (var i = 0; i < videos.Count; i++)
        {
            if (i % 3 > 0)
                videos[i]!["text_vector"] = new JsonArray([.. Enumerable.Range(0, 5).Select(_ => (JsonNode)(random.NextDouble() - 0.5))]);
        }

        File.WriteAllText(path, videos.ToJsonString());
    }
}

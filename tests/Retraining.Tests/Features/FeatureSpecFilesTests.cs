using System.Text;
using System.Text.Json;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Features;

public sealed class FeatureSpecFilesTests
{
    [Theory]
    [InlineData("v2")]
    [InlineData("v3")]
    public async Task ReadAsync_WrittenSpec_BuildsTheSameVectorsAndBytes(string version)
    {
        var data = World.Random(4);
        var spec = Fit(data, version);
        var (store, again) = (new MemoryArtifactStore(), new MemoryArtifactStore());
        var fitted = await FeatureSpecFiles.WriteAsync(spec, store, "runs/r1/", CancellationToken.None);

        var read = await FeatureSpec.ReadAsync(store, fitted, CancellationToken.None);
        await FeatureSpecFiles.WriteAsync(read, again, "runs/r1/", CancellationToken.None);

        Assert.Equal(store.Files, again.Files);
        var payload = new HistoryVectorizer(spec, data.Catalogue, data.Log).Payload(5, data.Log.Offsets[6], World.Ms("2026-06-01"));
        Assert.Equal(new UserVectorizer(spec).Vector(payload, World.At("2026-06-01")), new UserVectorizer(read).Vector(payload, World.At("2026-06-01")));
        var item = ItemPayload.From(data.Catalogue.Videos[7], 3);
        Assert.Equal(new ItemVectorizer(spec).Vector(item), new ItemVectorizer(read).Vector(item));
    }

    [Fact]
    public async Task WriteAsync_V2_HasTheContractsKeys()
    {
        var store = new MemoryArtifactStore();
        var fitted = await FeatureSpecFiles.WriteAsync(Fit(World.Random(4), "v2"), store, "", CancellationToken.None);

        Assert.Equal(["feature_schema.json", "normalizer.json", "vocab_actress.json", "vocab_tag.json"], store.Files.Keys);
        Assert.NotEqual(0xEF, store.Files["feature_schema.json"][0]); // no byte order mark
        var schema = JsonDocument.Parse(store.Text("feature_schema.json")).RootElement;
        Assert.Equal("v2", schema.GetProperty("version").GetString());
        Assert.Equal(2, schema.GetProperty("input_schema_version").GetInt32());
        Assert.Equal("user_features", schema.GetProperty("input_name").GetString());
        Assert.Equal(fitted.UserInputDim, schema.GetProperty("input_dim").GetInt32());
        Assert.Equal(8, schema.GetProperty("embedding_dim").GetInt32());
        Assert.Equal(
            ["numeric standard_score", "hour_of_day scaled_bucket", "tag_vector l2_normalized_bow", "actress_vector l2_normalized_bow"],
            schema.GetProperty("segments").EnumerateArray().Select(segment => $"{segment.GetProperty("name")} {segment.GetProperty("type")}"));
        var numeric = JsonDocument.Parse(store.Text("normalizer.json")).RootElement.GetProperty("user_numeric").GetProperty("mean_price");
        Assert.True(numeric.GetProperty("std").GetDouble() > 0 && numeric.GetProperty("mean").GetDouble() > 0);
        Assert.Contains("タグ", store.Text("vocab_tag.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_SchemaWithTheBareV2Keys_IsUnderstood()
    {
        var store = Bare(inputDim: 12);
        var spec = await FeatureSpec.ReadAsync(store, "old/", CancellationToken.None);

        Assert.Equal(("v2", 2, 12, 6), (spec.Version, spec.InputSchemaVersion, spec.UserInputDim, spec.ItemInputDim));
        var vector = new UserVectorizer(spec).Vector(new UserPayload { UserId = "u", Tags = ["a"] }, World.At("2026-01-01"));
        Assert.Equal([12 / 23f, 1, 0, 0], vector[8..]);
        var item = new ItemVectorizer(spec, World.At("2026-01-03")).Vector(
            new ItemPayload { VideoId = "v", ProductReleasedAt = World.At("2026-01-01"), Tags = ["b"] });
        Assert.Equal([0, 2, 0, 0, 1, 0], item);
    }

    [Fact]
    public async Task ReadAsync_SegmentsThatDoNotAddUp_SaysSo()
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => FeatureSpec.ReadAsync(Bare(inputDim: 99), "old/", CancellationToken.None));
        Assert.Equal("old/feature_schema.json: segments add up to 12 columns, expected the stated 99", error.Message);
    }

    [Theory]
    [InlineData("vocab_tag.json", null, "old/vocab_tag.json is not in memory")]
    [InlineData("vocab_tag.json", """{"tokens": ["a", "a"]}""", "old/vocab_tag.json: token 1 is 'a'")]
    [InlineData("normalizer.json", """{"user_numeric": [""", "old/normalizer.json: ")]
    public async Task ReadAsync_BrokenFile_NamesIt(string name, string? content, string message)
    {
        var store = Bare(inputDim: 12);
        store.Files.Remove("old/" + name);
        if (content is not null)
            store.Files["old/" + name] = Encoding.UTF8.GetBytes(content);

        var error = await Assert.ThrowsAsync<PermanentStageException>(() => FeatureSpec.ReadAsync(store, "old/", CancellationToken.None));
        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    private static MemoryArtifactStore Bare(int inputDim)
    {
        var store = new MemoryArtifactStore();
        void Put(string name, string json) => store.Files["old/" + name] = Encoding.UTF8.GetBytes(json);
        var features = string.Join(',', FeatureLayout.UserNumeric.Select(name => $"\"{name}\""));
        var scales = string.Join(',', FeatureLayout.UserNumeric.Select(name => $$"""
            "{{name}}": {"mean": 0, "std": 1}
            """));
        Put("feature_schema.json", $$"""
            {"version": "v2", "input_name": "user_features", "input_dim": {{inputDim}}, "embedding_dim": 256, "segments": [
              {"name": "numeric", "size": 8, "type": "standard_score", "features": [{{features}}]},
              {"name": "hour_of_day", "size": 1, "type": "scaled_bucket", "range": [0, 23]},
              {"name": "tag_vector", "size": 2, "type": "l2_normalized_bow", "vocab": "tag"},
              {"name": "actress_vector", "size": 1, "type": "l2_normalized_bow", "vocab": "vocab_actress.json"}]}
            """);
        Put("normalizer.json", $$"""
            {"user_numeric": { {{scales}} },
             "item_numeric": {"price": {"mean": 0, "std": 1}, "recency_days": {"mean": 0, "std": 1}, "duration_seconds": {"mean": 0, "std": 1} } }
            """);
        Put("vocab_tag.json", """{"tokens": ["a", "b"]}""");
        Put("vocab_actress.json", """{"tokens": ["p"]}""");
        return store;
    }

    private static FeatureSpec Fit(SnapshotData data, string version) =>
        new FeatureFitter(new FeatureSettings { Version = version }, data.Catalogue, data.Log, TimeSplit.Of(data.Log, new SplitSettings()))
            .Fit(8, "user_features", "item_features");
}

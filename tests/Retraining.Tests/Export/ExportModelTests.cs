using System.Text.Json;
using Retraining.Execution;
using Retraining.Export;
using TwoTower.Model;
using TwoTower.Parquet;
using TwoTower.Safetensors;

namespace Retraining.Tests.Export;

public sealed class ExportModelTests
{
    [Theory]
    [InlineData("v2")]
    [InlineData("v3")]
    public async Task Run_TrainedModel_WritesEveryFileAndProvesIt(string featureVersion)
    {
        var run = await TrainedRun.CreateAsync(featureVersion);

        var exported = await run.ExportAsync();

        string[] expected = ["user_tower.onnx", "item_tower.onnx", "two_tower.onnx", "model.safetensors", "two_tower.pt", "golden.json", "feature_schema.json",
            "normalizer.json", "vocab_tag.json", "vocab_actress.json"];
        Assert.Superset(expected.ToHashSet(), exported.Files.Select(file => file.Name).ToHashSet());
        Assert.InRange(exported.MaxDifference, double.Epsilon, 1e-5); // 0 would mean that nothing was compared
        var safetensors = new MemoryStream(run.Work.Files["runs/r1/export/model.safetensors"]);
        var weights = TwoTowerModel.FromTensors(await SafetensorsReader.ReadAsync(safetensors, default));
        Assert.Equal(run.Model.User.W1, weights.User.W1);
        using var tower = OnnxTower.Load(run.Work.Files["runs/r1/export/user_tower.onnx"], "user_tower.onnx");
        Assert.Equal(featureVersion, tower.Metadata["feature_version"]);
        Assert.Equal(TrainedRun.Version, tower.Metadata["version"]);
    }

    [Fact]
    public async Task Run_Twice_GivesSameBytes()
    {
        var run = await TrainedRun.CreateAsync();
        Assert.Equal((await run.ExportAsync()).Files, (await run.ExportAsync()).Files);
    }

    [Fact]
    public async Task Run_DifferenceAboveTolerance_NamesTheRow()
    {
        var run = await TrainedRun.CreateAsync();
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => run.ExportAsync(tolerance: 1e-12));
        Assert.Matches(@"^user_tower\.onnx, row \d+ \(.+\), value \d+: .* in ONNX Runtime and .* in the trainer", error.Message);
    }

    [Fact]
    public async Task Run_Golden_HasPayloadVectorAndEmbeddingWithoutIdsOfPeople()
    {
        var run = await TrainedRun.CreateAsync();
        await run.ExportAsync();
        using var golden = JsonDocument.Parse(run.Work.Files["runs/r1/export/golden.json"]);
        var users = golden.RootElement.GetProperty("users");
        Assert.Equal(5, users.GetArrayLength());
        foreach (var user in users.EnumerateArray())
        {
            Assert.StartsWith("golden-", user.GetProperty("payload").GetProperty("user_id").GetString(), StringComparison.Ordinal);
            Assert.Equal(run.Data.Features.UserInputDim, user.GetProperty("features").GetArrayLength());
            Assert.Equal(16, user.GetProperty("embedding").GetArrayLength());
        }
    }

    [Fact]
    public async Task EmbedVideos_AllVideos_AreUnitVectorsOfTheTower()
    {
        var run = await TrainedRun.CreateAsync();
        var table = await run.EmbedVideosAsync();

        var parquet = await ParquetReader.OpenAsync(await run.Work.OpenReadAsync(table.File.Path, default), default);
        var ids = await parquet.ReadColumnAsync<string>(0, "video_id", default);
        var embeddings = await parquet.ReadListAsync<float>(0, "embedding", default);
        Assert.Equal((90, 90, 16), (table.Rows, ids.Length, table.Dim));
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        for (var row = 0; row < ids.Length; row++)
            Assert.Equal(1, Math.Sqrt(embeddings[row].ToArray().Sum(value => (double)value * value)), precision: 5);
    }

    [Fact]
    public async Task EmbedUsers_TableOfAnotherWidth_NamesBoth()
    {
        var run = await TrainedRun.CreateAsync();
        var data = run.Data with { Users = run.Data.Items };
        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => new EmbedUsers(run.Work).RunAsync(new(data, run.Challenger), run.Context, default));
        Assert.Contains($"{run.Data.Items.Columns} columns, expected {run.Data.Users.Columns}", error.Message, StringComparison.Ordinal);
    }
}

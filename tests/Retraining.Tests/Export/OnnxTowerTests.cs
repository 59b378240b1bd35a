using Microsoft.ML.OnnxRuntime;
using Retraining.Execution;
using Retraining.Export;
using TwoTower.Model;
using TwoTower.Onnx;

namespace Retraining.Tests.Export;

public sealed class OnnxTowerTests
{
    private static readonly KeyValuePair<string, string>[] Metadata = [new("version", "20260101_000000"), new("input_schema_version", "3")];

    [Theory]
    [InlineData(16, true)]
    [InlineData(16, false)]
    [InlineData(0, true)] // linear only
    public void Embed_ExportedTower_AgreesWithTheWeights(int hidden, bool skip)
    {
        var model = Model(hidden, skip, inputDim: 40);
        var rows = Rows(600, 40); // more than two batches
        using var tower = OnnxTower.Load(Export(model.User), "user_tower.onnx");

        var embeddings = tower.Embed(rows);

        Assert.Equal(40, tower.InputDim);
        Assert.Equal("user_features", tower.InputName);
        Assert.Equal("user_embedding", tower.OutputName);
        Assert.Equal("20260101_000000", tower.Metadata["version"]);
        var expected = model.User.Embed(rows, 0, CancellationToken.None);
        for (var i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], embeddings[i], tolerance: 2e-6f);
    }

    [Fact]
    public void Embed_Worked_GivesTheUnitVector()
    {
        // h = relu([2] * [1, -1] + [1, 0]) = [3, 0]; y = h * identity + [0, 4] = [3, 4]; y / 5 = [0.6, 0.8]
        var tower = new Tower(new TowerShape(1, 2, 2, LinearSkip: false));
        (tower.W1[0], tower.W1[1], tower.B1[0]) = (1, -1, 1);
        (tower.W2[0], tower.W2[3], tower.B2[1]) = (1, 1, 4);
        using var onnx = OnnxTower.Load(Export(tower), "user_tower.onnx");
        Assert.Equal([0.6f, 0.8f], onnx.Embed([2f]));
    }

    [Fact]
    public void Embed_AllZeroOutput_IsZeroNotNaN()
    {
        using var onnx = OnnxTower.Load(Export(new Tower(new TowerShape(3, 2, 2, LinearSkip: true))), "user_tower.onnx");
        Assert.Equal([0f, 0f], onnx.Embed([1f, 2f, 3f]));
    }

    [Fact]
    public void Embed_ManyThreads_GiveTheSame()
    {
        var model = Model(16, true, inputDim: 40);
        var rows = Rows(300, 40);
        using var tower = OnnxTower.Load(Export(model.User), "user_tower.onnx");
        var expected = tower.Embed(rows);
        var results = new float[8][];
        Parallel.For(0, results.Length, i => results[i] = tower.Embed(rows));
        Assert.All(results, result => Assert.Equal(expected, result));
    }

    [Fact]
    public void Embed_OtherWidth_NamesBoth()
    {
        using var tower = OnnxTower.Load(Export(Model(4, true, inputDim: 7).User), "user_tower.onnx");
        var error = Assert.Throws<ArgumentException>(() => tower.Embed(Rows(1, 8)));
        Assert.Contains("8 columns, expected 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_NoModel_IsAPermanentFailure()
    {
        var error = Assert.Throws<PermanentStageException>(() => OnnxTower.Load([1, 2, 3], "broken.onnx"));
        Assert.StartsWith("broken.onnx: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_TwoTowers_IsRefusedAsOne()
    {
        var model = Model(4, true, inputDim: 7);
        var error = Assert.Throws<PermanentStageException>(() => OnnxTower.Load(ExportBoth(model), "two_tower.onnx"));
        Assert.Contains("2 inputs (user_features, item_features), expected 1", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Export_TwoTowers_RunWithDifferentBatches()
    {
        var model = Model(4, true, inputDim: 7);
        using var session = new InferenceSession(ExportBoth(model));
        using var run = new RunOptions();
        using var users = OrtValue.CreateTensorValueFromMemory(new float[14], [2, 7]);
        using var items = OrtValue.CreateTensorValueFromMemory(new float[9], [3, 3]);
        using var outputs = session.Run(run, ["user_features", "item_features"], [users, items], ["user_embedding", "item_embedding"]);
        Assert.Equal([2, 5], outputs[0].GetTensorTypeAndShape().Shape);
        Assert.Equal([3, 5], outputs[1].GetTensorTypeAndShape().Shape);
    }

    [Fact]
    public void Export_SameWeights_GivesSameBytes() =>
        Assert.Equal(Export(Model(4, true, inputDim: 7).User), Export(Model(4, true, inputDim: 7).User));

    private static TwoTowerModel Model(int hidden, bool skip, int inputDim) => TwoTowerModel.Create(
        new() { UserInputDim = inputDim, ItemInputDim = 3, HiddenDim = hidden, EmbeddingDim = 5, LinearSkip = skip }, seed: 3);

    private static byte[] Export(Tower tower) =>
        OnnxExporter.Export([new("user", tower, "user_features", "user_embedding")], "user_tower", Metadata);

    private static byte[] ExportBoth(TwoTowerModel model) => OnnxExporter.Export(
        [new("user", model.User, "user_features", "user_embedding"), new("item", model.Item, "item_features", "item_embedding")], "two_tower", Metadata);

    private static SparseRows Rows(int count, int columns)
    {
        var random = new Random(5);
        var rows = new SparseRows(columns);
        for (var row = 0; row < count; row++)
        {
            var indices = Enumerable.Range(0, columns).Where(_ => random.Next(4) == 0).ToArray();
            rows.Add(indices, [.. indices.Select(_ => (random.NextSingle() * 4) - 2)]);
        }

        return rows;
    }
}

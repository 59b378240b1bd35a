using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Training;
using TwoTower.Model;
using TwoTower.Onnx;
using TwoTower.Safetensors;
using TwoTower.TorchZip;

namespace Retraining.Export;

/// <summary>Writes the model in the formats that others read, and proves the ONNX against the trained weights before anything is published.</summary>
public sealed class ExportModel(IArtifactStore work) : IStage<ExportModel.Input, ExportedModel>
{
    public sealed record Input(string Version, TrainingData Data, TrainedModel Challenger, ExportSettings Export);

    public async Task<ExportedModel> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var spec = await FeatureSpec.ReadAsync(work, input.Data.Features, cancellationToken);
        var model = await TrainedWeights.ReadAsync(work, input.Challenger.Weights, cancellationToken);
        Check(spec, model);

        var graphs = new[]
        {
            new TowerGraph("user", model.User, spec.UserInputName, "user_embedding"),
            new TowerGraph("item", model.Item, spec.ItemInputName, "item_embedding"),
        };
        var metadata = Metadata(input.Version, spec);
        var userOnnx = OnnxExporter.Export([graphs[0]], "user_tower", metadata);
        var itemOnnx = OnnxExporter.Export([graphs[1]], "item_tower", metadata);
        var bothOnnx = OnnxExporter.Export(graphs, "two_tower", metadata);

        using var userTower = OnnxTower.Load(userOnnx, "user_tower.onnx");
        using var itemTower = OnnxTower.Load(itemOnnx, "item_tower.onnx");
        var tolerance = input.Export.ParityTolerance;
        context.Progress.Report(new StageProgress { Message = "comparing ONNX Runtime with the trainer" });
        var difference = Math.Max(
            await OnnxParity.CheckAsync(work, input.Data.Users, model.User, userTower, "user_tower.onnx", tolerance, cancellationToken),
            await OnnxParity.CheckAsync(work, input.Data.Items, model.Item, itemTower, "item_tower.onnx", tolerance, cancellationToken));
        var golden = await GoldenAsync(input, spec, userTower, itemTower, cancellationToken);
        CheckPair(bothOnnx, golden, tolerance);

        var folder = context.Folder + "export/";
        ArtifactRef[] written =
        [
            await WriteAsync(folder + "user_tower.onnx", userOnnx, cancellationToken),
            await WriteAsync(folder + "item_tower.onnx", itemOnnx, cancellationToken),
            await WriteAsync(folder + "two_tower.onnx", bothOnnx, cancellationToken),
            await work.WriteAsync(folder + "model.safetensors", (stream, token) => SafetensorsWriter.WriteAsync(
                stream, [.. model.Tensors], new Dictionary<string, string>(metadata), token), WriteOptions.Private, cancellationToken),
            await work.WriteAsync(
                folder + "two_tower.pt", (stream, token) => TorchZipWriter.WriteAsync(stream, [.. model.Tensors], token), WriteOptions.Private, cancellationToken),
            await work.WriteAsync(folder + "golden.json", golden.WriteAsync, WriteOptions.Private, cancellationToken),
        ];
        return new ExportedModel
        {
            Files = [.. written, input.Data.Features.Schema, input.Data.Features.Normalizer, .. input.Data.Features.Vocabularies],
            MaxDifference = difference,
        };
    }

    private static void Check(FeatureSpec spec, TwoTowerModel model)
    {
        var shape = model.Shape;
        if ((shape.UserInputDim, shape.ItemInputDim, shape.EmbeddingDim) != (spec.UserInputDim, spec.ItemInputDim, spec.EmbeddingDim))
        {
            throw new PermanentStageException(
                $"model of {shape.UserInputDim} user inputs, {shape.ItemInputDim} item inputs and {shape.EmbeddingDim} outputs, "
                + $"expected {spec.UserInputDim}, {spec.ItemInputDim} and {spec.EmbeddingDim} as in {FeatureSpecFiles.SchemaName}");
        }

        foreach (var tensor in model.Tensors)
        {
            var broken = Array.FindIndex(tensor.Values, value => !float.IsFinite(value));
            if (broken >= 0)
                throw new PermanentStageException($"tensor {tensor.Name}, value {broken}: {tensor.Values[broken]}, expected finite weights");
        }
    }

    private static KeyValuePair<string, string>[] Metadata(string version, FeatureSpec spec) =>
    [
        new("version", version),
        new("input_schema_version", $"{spec.InputSchemaVersion}"),
        new("feature_version", spec.Version),
        new("embedding_dim", $"{spec.EmbeddingDim}"),
    ];

    private async Task<GoldenFile> GoldenAsync(
        Input input, FeatureSpec spec, OnnxTower userTower, OnnxTower itemTower, CancellationToken cancellationToken)
    {
        var data = await SnapshotReader.ReadAsync(work, input.Data.Snapshot, cancellationToken);
        var positives = ItemPopularity.Count(data.Log, TimeSplit.Of(data.Log, input.Data.Split), data.Catalogue.Count);
        var users = GoldenPayloads.Users(spec, data, input.Data.Snapshot.AsOf, input.Export.GoldenPayloads);
        var items = GoldenPayloads.Items(spec, data.Catalogue, positives, input.Export.GoldenPayloads);
        return GoldenFile.Create(input.Version, spec, users, items, userTower, itemTower);
    }

    /// <summary>The file of both towers must give what the single ones gave.</summary>
    private static void CheckPair(byte[] onnx, GoldenFile golden, double tolerance)
    {
        using var pair = OnnxPair.Load(onnx, "two_tower.onnx");
        foreach (var (user, item) in golden.Users.Zip(golden.Items))
        {
            var (userEmbedding, itemEmbedding) = pair.Embed(user.Features, item.Features);
            var difference = userEmbedding.Zip(user.Embedding).Concat(itemEmbedding.Zip(item.Embedding)).Max(both => Math.Abs(both.First - both.Second));
            if (!(difference <= tolerance))
                throw new PermanentStageException($"two_tower.onnx: {difference:R} from the single towers, expected at most {tolerance:R}");
        }
    }

    private Task<ArtifactRef> WriteAsync(string path, byte[] content, CancellationToken cancellationToken) =>
        work.WriteAsync(path, (stream, token) => stream.WriteAsync(content, token).AsTask(), WriteOptions.Private, cancellationToken);
}

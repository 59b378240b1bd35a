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
    private const string UserTower = "user_tower.onnx", ItemTower = "item_tower.onnx", TwoTowers = "two_tower.onnx";

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

        using var userTower = OnnxTower.Load(userOnnx, UserTower);
        using var itemTower = OnnxTower.Load(itemOnnx, ItemTower);
        context.Progress.Report(new StageProgress { Message = "comparing ONNX Runtime with the trainer" });
        var difference = await CompareAsync(input, model, userTower, itemTower, cancellationToken);
        var golden = await GoldenAsync(input, spec, userTower, itemTower, cancellationToken);
        CheckPair(bothOnnx, golden, input.Export.ParityTolerance);

        var folder = context.Folder + "export/";
        ArtifactRef[] onnx =
        [
            await WriteAsync(folder + UserTower, (stream, token) => stream.WriteAsync(userOnnx, token).AsTask(), cancellationToken),
            await WriteAsync(folder + ItemTower, (stream, token) => stream.WriteAsync(itemOnnx, token).AsTask(), cancellationToken),
            await WriteAsync(folder + TwoTowers, (stream, token) => stream.WriteAsync(bothOnnx, token).AsTask(), cancellationToken),
            await WriteAsync(folder + "golden.json", golden.WriteAsync, cancellationToken),
        ];
        var weights = await WriteWeightsAsync(folder, [.. model.Tensors], metadata, cancellationToken);
        return new ExportedModel
        {
            Files = [.. onnx, .. weights, input.Data.Features.Schema, input.Data.Features.Normalizer, .. input.Data.Features.Vocabularies],
            MaxDifference = difference,
        };
    }

    private async Task<ArtifactRef[]> WriteWeightsAsync(
        string folder, NamedTensor[] tensors, KeyValuePair<string, string>[] metadata, CancellationToken cancellationToken) =>
    [
        await WriteAsync(
            folder + "model.safetensors",
            (stream, token) => SafetensorsWriter.WriteAsync(stream, tensors, new Dictionary<string, string>(metadata), token),
            cancellationToken),
        await WriteAsync(folder + "two_tower.pt", (stream, token) => TorchZipWriter.WriteAsync(stream, tensors, token), cancellationToken),
    ];

    private async Task<double> CompareAsync(
        Input input, TwoTowerModel model, OnnxTower userTower, OnnxTower itemTower, CancellationToken cancellationToken)
    {
        var (data, tolerance) = (input.Data, input.Export.ParityTolerance);
        return Math.Max(
            await OnnxParity.CheckAsync(work, data.Users, model.User, userTower, UserTower, tolerance, cancellationToken),
            await OnnxParity.CheckAsync(work, data.Items, model.Item, itemTower, ItemTower, tolerance, cancellationToken));
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
        using var pair = OnnxPair.Load(onnx, TwoTowers);
        foreach (var (user, item) in golden.Users.Zip(golden.Items))
        {
            var (userEmbedding, itemEmbedding) = pair.Embed(user.Features, item.Features);
            var difference = userEmbedding.Zip(user.Embedding).Concat(itemEmbedding.Zip(item.Embedding)).Max(both => Math.Abs(both.First - both.Second));
            if (!(difference <= tolerance))
                throw new PermanentStageException($"{TwoTowers}: {difference:R} from the single towers, expected at most {tolerance:R}");
        }
    }

    private Task<ArtifactRef> WriteAsync(string path, Func<Stream, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        work.WriteAsync(path, write, WriteOptions.Private, cancellationToken);
}

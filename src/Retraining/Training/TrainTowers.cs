using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Publish;
using TwoTower.Safetensors;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>Trains the challenger. A run that was interrupted goes on after its last finished epoch and ends in the same bits.</summary>
/// <param name="openTorch">Null in builds without TorchSharp.</param>
public sealed class TrainTowers(IArtifactStore work, OpenPublishStore openPublishStore, TimeProvider time, OpenTorch? openTorch = null)
    : IStage<TrainTowers.Input, TrainedModel>
{
    /// <param name="Metric">What early stopping compares on the validation part: the gate's metric.</param>
    public sealed record Input(TrainingData Data, TrainingSettings Training, string Metric, PublishSettings Publish);

    public async Task<TrainedModel> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var (result, start) = await new TowerTraining(work, openPublishStore, time, openTorch).RunAsync(input, context, isOver: null, cancellationToken);
        return await WriteAsync(result, start, input, context, cancellationToken);
    }

    private async Task<TrainedModel> WriteAsync(TrainingResult result, string start, Input input, StageContext context, CancellationToken cancellationToken)
    {
        var weights = await work.WriteAsync(
            context.Folder + "model.safetensors",
            (stream, token) => SafetensorsWriter.WriteAsync(stream, [.. result.Model.Tensors], new Dictionary<string, string>(), token),
            WriteOptions.Private,
            cancellationToken);
        var log = await TrainingLogFile.WriteAsync(work, context.Folder + TrainingLogFile.Name, result.Epochs, input.Metric, cancellationToken);
        var curves = await TrainingLogFile.WriteCurvesAsync(
            work, context.Folder + TrainingLogFile.CurvesName, result.Epochs, input.Metric, cancellationToken);
        return new()
        {
            Weights = weights,
            Log = log,
            Curves = curves,
            EmbeddingDim = input.Training.EmbeddingDim,
            Start = start,
            BestEpoch = result.BestEpoch,
            Epochs = result.Epochs.Count,
            Loss = result.Epochs.Count == 0 ? 0 : result.Epochs[Math.Max(1, result.BestEpoch) - 1].Loss,
            Metric = input.Metric,
            ValidationMetric = result.BestMetric,
            ExamplesPerSecond = result.ExamplesPerSecond,
        };
    }
}

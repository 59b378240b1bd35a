using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Publish;
using TwoTower.Safetensors;

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
        var training = new TowerTraining(work, openPublishStore, time, openTorch);
        var trained = await training.RunAsync(input, context, isOver: null, cancellationToken);
        return await WriteAsync(trained, input, context, cancellationToken);
    }

    private async Task<TrainedModel> WriteAsync(
        TrainedTowers trained, Input input, StageContext context, CancellationToken cancellationToken)
    {
        var search = trained.Search;
        var weights = await work.WriteAsync(
            context.Folder + "model.safetensors",
            (stream, token) => SafetensorsWriter.WriteAsync(stream, [.. trained.Model.Tensors], new Dictionary<string, string>(), token),
            WriteOptions.Private,
            cancellationToken);
        var log = new TrainingLogFile(work, context.Folder, input.Metric);
        return new()
        {
            Weights = weights,
            Log = await log.WriteAsync(search.Epochs, trained.RefitEpochs, cancellationToken),
            Curves = await log.WriteCurvesAsync(search.Epochs, trained.RefitEpochs, cancellationToken),
            EmbeddingDim = input.Training.EmbeddingDim,
            Start = trained.Start,
            FactorRegularisation = trained.Factors?.FactorRegularisation,
            FactorUnobservedWeight = trained.Factors?.FactorUnobservedWeight,
            BestEpoch = search.BestEpoch,
            Epochs = search.Epochs.Count,
            Loss = search.Epochs.Count == 0 ? 0 : search.Epochs[Math.Max(1, search.BestEpoch) - 1].Loss,
            Metric = input.Metric,
            ValidationMetric = search.BestMetric,
            ExamplesPerSecond = search.ExamplesPerSecond,
        };
    }
}

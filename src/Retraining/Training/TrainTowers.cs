using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Publish;
using TwoTower.Safetensors;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>Trains the challenger. A run that was interrupted goes on after its last finished epoch and ends in the same bits.</summary>
public sealed class TrainTowers(IArtifactStore work, OpenPublishStore openPublishStore, TimeProvider time) : IStage<TrainTowers.Input, TrainedModel>
{
    private const string SearchState = "training/checkpoint.bin";
    private const string RefitState = "training/refit.bin";
    private const string ChampionNote = "training/champion.txt";

    /// <param name="Metric">What early stopping compares on the validation part: the gate's metric.</param>
    public sealed record Input(TrainingData Data, TrainingSettings Training, string Metric, PublishSettings Publish);

    public async Task<TrainedModel> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var set = await TrainingSet.ReadAsync(work, input.Data, cancellationToken);
        var (fit, start) = await PrepareAsync(set, input, context, cancellationToken);
        var log = context.Folder + TrainingLogFile.Name;
        var epochs = new EpochTelemetry(input.Metric, time);
        var result = await fit.SearchAsync(
            async (state, token) =>
            {
                await SaveAsync(context.Folder + SearchState, state, token);
                await TrainingLogFile.WriteAsync(work, log, state.Epochs, input.Metric, token); // people follow the curve by it
                epochs.Ended(state.Epochs[^1]);
            },
            Progress("epoch"),
            await LoadAsync(context.Folder + SearchState, cancellationToken),
            cancellationToken);
        if (input.Training.Refit)
        {
            var full = set.With(set.Log, set.Split.WithValidationInTraining());
            result = await fit.RefitAsync(
                full, result, (state, token) => SaveAsync(context.Folder + RefitState, state, token), Progress("refit, epoch"),
                await LoadAsync(context.Folder + RefitState, cancellationToken), cancellationToken);
        }

        return await WriteAsync(result, start, input, context, cancellationToken);

        Action<TrainingProgress> Progress(string what) => progress => context.Progress.Report(TrainingReport.Of(progress, input.Metric, what));
    }

    /// <summary>What to train and from where: from the champion, if that is wanted and can be judged fairly.</summary>
    private async Task<(TowerFit Fit, string Start)> PrepareAsync(TrainingSet set, Input input, StageContext context, CancellationToken cancellationToken)
    {
        var settings = input.Training;
        bool[] candidates = [.. set.Catalogue.Videos.Select(video => video.IsActive)];
        var stopping = HeldOutPart.Validation(set.Log, set.Split, candidates, settings.ValidationUsers);
        var cold = new TowerFit(set, settings, stopping, candidates, input.Metric, time);
        var champion = settings.Start == "champion"
            ? await ChampionStart.ReadAsync(work, context.Folder + ChampionNote, openPublishStore, input.Publish, cancellationToken)
            : null;
        var unseen = champion?.Unseen(set.Log, set.Split, candidates, settings.ValidationUsers);
        if (unseen is null || unseen.Count < ChampionStart.MinUsers || champion!.ModelOf(cold.Shape, set.Spec, settings.Seed) is not { } model)
            return (cold, settings.Start == "random" || !settings.LinearSkip ? "random" : "factors");
        return (new TowerFit(set, settings, unseen, candidates, input.Metric, time) { Champion = model }, $"champion {champion.Version}");
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

    private Task<ArtifactRef> SaveAsync(string path, TrainerState state, CancellationToken cancellationToken) => work.WriteAsync(
        path,
        (stream, _) =>
        {
            state.Save(stream);
            return Task.CompletedTask;
        },
        WriteOptions.Private,
        cancellationToken);

    private async Task<TrainerState?> LoadAsync(string path, CancellationToken cancellationToken)
    {
        if (!await work.ExistsAsync(path, cancellationToken))
            return null;
        await using var stream = await work.OpenReadAsync(path, cancellationToken);
        try
        {
            return TrainerState.Load(stream);
        }
        catch (InvalidDataException error)
        {
            throw new PermanentStageException($"{path}: {error.Message}", error);
        }
    }
}

using Retraining.Artifacts;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Publish;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>The training of a run, from where its checkpoints stand: the search for the best epoch, then the refit.</summary>
/// <param name="openTorch">Null in builds without TorchSharp.</param>
internal sealed class TowerTraining(IArtifactStore work, OpenPublishStore openPublishStore, TimeProvider time, OpenTorch? openTorch)
{
    private const string SearchState = "training/checkpoint.bin";
    private const string RefitState = "training/refit.bin";
    private const string ChampionNote = "training/champion.txt";

    /// <returns>What was trained, and from what start.</returns>
    /// <param name="isOver">Asked after each epoch, once its checkpoint is written: true ends the training there; null never does.</param>
    /// <exception cref="SliceOverException"><paramref name="isOver"/> said so.</exception>
    public async Task<(TrainingResult Result, string Start)> RunAsync(
        TrainTowers.Input input, StageContext context, Func<bool>? isOver, CancellationToken cancellationToken)
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
                EndHere();
            },
            Progress("epoch"),
            await LoadAsync(context.Folder + SearchState, cancellationToken),
            cancellationToken);
        if (input.Training.Refit)
        {
            var full = set.With(set.Log, set.Split.WithValidationInTraining());
            result = await fit.RefitAsync(
                full,
                result,
                async (state, token) =>
                {
                    await SaveAsync(context.Folder + RefitState, state, token);
                    EndHere();
                },
                Progress("refit, epoch"),
                await LoadAsync(context.Folder + RefitState, cancellationToken),
                cancellationToken);
        }

        return (result, start);

        void EndHere()
        {
            if (isOver?.Invoke() == true)
                throw new SliceOverException();
        }

        Action<TrainingProgress> Progress(string what) => progress => context.Progress.Report(TrainingReport.Of(progress, input.Metric, what));
    }

    /// <summary>What to train and from where: from the champion, if that is wanted and can be judged fairly.</summary>
    private async Task<(TowerFit Fit, string Start)> PrepareAsync(TrainingSet set, TrainTowers.Input input, StageContext context, CancellationToken cancellationToken)
    {
        var settings = input.Training;
        bool[] candidates = [.. set.Catalogue.Videos.Select(video => video.IsActive)];
        var stopping = HeldOutPart.Validation(set.Log, set.Split, candidates, settings.ValidationUsers);
        var steps = Steps(settings);
        var cold = new TowerFit(set, settings, stopping, candidates, input.Metric, time) { Steps = steps };
        var champion = settings.Start == "champion"
            ? await ChampionStart.ReadAsync(work, context.Folder + ChampionNote, openPublishStore, input.Publish, cancellationToken)
            : null;
        var unseen = champion?.Unseen(set.Log, set.Split, candidates, settings.ValidationUsers);
        if (unseen is null || unseen.Count < ChampionStart.MinUsers || champion!.ModelOf(cold.Shape, set.Spec, settings.Seed) is not { } model)
            return (cold, settings.Start == "random" || !settings.LinearSkip ? "random" : "factors");
        return (new TowerFit(set, settings, unseen, candidates, input.Metric, time) { Champion = model, Steps = steps }, $"champion {champion.Version}");
    }

    private CreateTrainingSteps? Steps(TrainingSettings settings) => settings.Trainer switch
    {
        "torch" when openTorch is not null => openTorch(settings.Device),
        "torch" => throw new PermanentStageException(
            "training.trainer: torch, but this build has no TorchSharp, expected csharp or a build from a NuGet feed that carries TorchSharp"),
        _ => null,
    };

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

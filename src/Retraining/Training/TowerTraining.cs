using Retraining.Artifacts;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Publish;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>The training of a run, from where its checkpoints stand: the search for the best epoch, then the refit.</summary>
/// <param name="openTorch">Null in builds without TorchSharp.</param>
internal sealed class TowerTraining(IArtifactStore work, OpenPublishStore openPublishStore, TimeProvider time, OpenTorch? openTorch)
{
    private const string SearchStart = "training/start";
    private const string SearchState = "training/checkpoint.bin";
    private const string RefitStart = "training/refit_start";
    private const string RefitState = "training/refit.bin";
    private const string ChampionNote = "training/champion.txt";

    /// <param name="isOver">
    /// Asked after each sweep and trial of a factorisation and after each epoch, once its checkpoint is written: true ends the training
    /// there; null never does.
    /// </param>
    /// <exception cref="SliceOverException"><paramref name="isOver"/> said so.</exception>
    public async Task<TrainedTowers> RunAsync(
        TrainTowers.Input input, StageContext context, Func<bool>? isOver, CancellationToken cancellationToken)
    {
        context.Progress.Report(new() { Message = "reading the data" });
        var set = await TrainingSet.ReadAsync(work, input.Data, cancellationToken);
        var (fit, start) = await PrepareAsync(set, input, context, cancellationToken);
        var log = new TrainingLogFile(work, context.Folder, input.Metric);
        var telemetry = new EpochTelemetry(context.RunId, input.Metric, time);
        var hooks = new FitHooks { Progress = Told };
        var search = await fit.SearchAsync(
            hooks with
            {
                Start = new StartCheckpoint(work, context.Folder + SearchStart, isOver, time),
                Resume = await LoadAsync(context.Folder + SearchState, cancellationToken),
                Checkpoint = (state, token) => KeepAsync(SearchState, state, state.Epochs, [], token),
            },
            cancellationToken);
        if (!input.Training.Refit)
            return new(search, Refit: null, fit.Chosen, start);

        var refit = await fit.RefitAsync(
            set.With(set.Log, set.Split.WithValidationInTraining()),
            search,
            hooks with
            {
                Unit = "refit, epoch",
                Start = new StartCheckpoint(work, context.Folder + RefitStart, isOver, time),
                Resume = await LoadAsync(context.Folder + RefitState, cancellationToken),
                Checkpoint = (state, token) => KeepAsync(RefitState, state, search.Epochs, state.Epochs, token),
            },
            cancellationToken);
        return new(search, refit, fit.Chosen, start);

        async Task KeepAsync(
            string file, TrainerState state, IReadOnlyList<EpochReport> ofSearch, IReadOnlyList<EpochReport> ofRefit,
            CancellationToken token)
        {
            await SaveAsync(context.Folder + file, state, token);
            await log.WriteAsync(ofSearch, ofRefit, token); // people follow the curve by it
            telemetry.Ended(state.Epochs[^1], isRefit: file == RefitState);
            if (isOver?.Invoke() == true)
                throw new SliceOverException();
        }

        void Told(StageProgress progress)
        {
            if (progress.Values.TryGetValue(TrainingReport.Speed, out var speed))
                RunTelemetry.MeasureSpeed(speed);
            context.Progress.Report(progress);
        }
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
        (stream, token) =>
        {
            state.Save(stream, token);
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

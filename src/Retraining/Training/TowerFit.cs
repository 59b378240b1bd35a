using Retraining.Evaluation;
using Retraining.Execution;
using TwoTower.Model;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>Trains the towers on a training set and keeps the model that does best on held-out users.</summary>
/// <param name="set">Data and features.</param>
/// <param name="settings">Model and training.</param>
/// <param name="stopping">The users that early stopping looks at.</param>
/// <param name="candidates">Per item whether it may be recommended.</param>
/// <param name="metric">What early stopping compares: <c>recall@10</c>, <c>ndcg@100</c>.</param>
internal sealed class TowerFit(
    TrainingSet set, TrainingSettings settings, HeldOutPart stopping, bool[] candidates, string metric, TimeProvider time)
{
    /// <summary>How training histories relate to their targets; benchmarks without an order of time take the rest of the user's items.</summary>
    public HistoryMode Mode { get; init; } = HistoryMode.Causal;

    /// <summary>Trained weights to go on from, of this shape; null starts as the settings say.</summary>
    public TwoTowerModel? Champion { get; init; }

    /// <summary>What computes the optimiser steps; null: this project's own kernels.</summary>
    public CreateTrainingSteps? Steps { get; init; }

    public ModelShape Shape { get; } = new()
    {
        UserInputDim = set.Spec.UserInputDim,
        ItemInputDim = set.Spec.ItemInputDim,
        HiddenDim = settings.HiddenDim,
        EmbeddingDim = settings.EmbeddingDim,
        LinearSkip = settings.LinearSkip,
    };

    /// <summary>The settings with the λ and α of the factors that were found best; null before the search, and without factors.</summary>
    public TrainingSettings? Chosen { get; private set; }

    private bool IsFactors => Champion is null && settings.Start != "random" && settings.LinearSkip;

    /// <summary>Trains with early stopping on the held-out users.</summary>
    /// <param name="cancellationToken">Checked in every step, and before the first one in every row of a factorisation.</param>
    /// <returns>The best epoch is 0 when no epoch was better than the start.</returns>
    /// <exception cref="PermanentStageException">Training diverged, or a setting does not fit.</exception>
    public async Task<TrainingResult> SearchAsync(FitHooks hooks, CancellationToken cancellationToken)
    {
        var score = ValidationScore.Create(set, stopping, candidates, metric, settings.Threads);
        var start = await StartAsync(set, settings.FactorTrials ? score : null, hooks, cancellationToken);
        var inEpochs = new TrainingHooks
        {
            Validate = score is null ? null : (model, token) => Task.FromResult(score.Of(model, token)),
            Checkpoint = hooks.Checkpoint,
            Progress = report => hooks.Progress(TrainingReport.Of(report, metric, hooks.Unit)),
            ProgressInterval = ProgressPace.Interval,
        };
        var result = await TrainAsync(set, start, settings.Patience, inEpochs, hooks.Resume, cancellationToken);
        if (score is null || !IsFactors)
            return result;

        var before = score.PerUser(start, cancellationToken);
        return result.BestMetric is not null && ValidationScore.IsClearlyBetter(score.PerUser(result.Model, cancellationToken), before)
            ? result
            : result with { Model = start, BestEpoch = 0, BestMetric = before.Average() };
    }

    /// <summary>Trains as many epochs as were best, on more likes and without looking at anything held out.</summary>
    /// <param name="full">The training set with the validation part among its likes.</param>
    /// <param name="found">From <see cref="SearchAsync"/>.</param>
    /// <returns>The model that is found, with the epochs of this training alone.</returns>
    /// <inheritdoc cref="SearchAsync"/>
    public async Task<TrainingResult> RefitAsync(
        TrainingSet full, TrainingResult found, FitHooks hooks, CancellationToken cancellationToken)
    {
        var start = await StartAsync(full, score: null, hooks, cancellationToken);
        if (found.BestEpoch == 0)
            return found with { Model = start, Epochs = [] };

        // The schedule must stay that of the search, so the planned epochs do: a made-up metric falls after the last one that is wanted.
        var epoch = hooks.Resume?.Epochs.Count ?? 0;
        var inEpochs = new TrainingHooks
        {
            Validate = (_, _) => Task.FromResult(++epoch <= found.BestEpoch ? epoch : 0.0),
            Checkpoint = hooks.Checkpoint,
            Progress = report => hooks.Progress(
                TrainingReport.Of(report with { Metric = null, BestMetric = null, BestEpoch = null }, metric, hooks.Unit)),
            ProgressInterval = ProgressPace.Interval,
        };
        return await TrainAsync(full, start, patience: 1, inEpochs, hooks.Resume, cancellationToken);
    }

    /// <summary>What training starts from.</summary>
    private async Task<TwoTowerModel> StartAsync(
        TrainingSet data, ValidationScore? score, FitHooks hooks, CancellationToken cancellationToken)
    {
        if (!IsFactors)
            return Champion ?? TwoTowerModel.Create(Shape, settings.Seed);
        var search = new FactorSearch(data, Shape, score is null ? null : score.Of)
        {
            Checkpoint = hooks.Start,
            Progress = new ProgressPace(hooks.Progress, time).Report,
        };
        (var start, Chosen) = await search.RunAsync(Chosen ?? settings, cancellationToken);
        return start;
    }

    private async Task<TrainingResult> TrainAsync(
        TrainingSet data, TwoTowerModel start, int patience, TrainingHooks hooks, TrainerState? resume, CancellationToken cancellationToken)
    {
        if (settings.Epochs == 0)
            return new() { Model = start, BestEpoch = 0, BestMetric = null, Epochs = [], ExamplesPerSecond = 0 };
        try
        {
            var examples = new HistoryExamples(
                data.Users, data.Log, data.Split, data.Catalogue.Count, TrainingPlan.Examples(settings, Mode), cancellationToken);
            var temperature = settings.Temperature > 0
                ? settings.Temperature
                : TemperatureFit.Find(start, set.Items, examples, settings.Epochs, settings.Threads, cancellationToken);
            var options = TrainingPlan.Options(settings, temperature, set.Spec.ItemColumns("video_id"), patience);
            return await new Trainer(start, data.Items, examples, options, time) { Steps = Steps }.RunAsync(hooks, resume, cancellationToken);
        }
        catch (Exception error) when (error is TrainingDivergedException or ArgumentException)
        {
            throw new PermanentStageException($"training: {error.Message}", error);
        }
    }
}

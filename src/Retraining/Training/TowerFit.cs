using Retraining.Evaluation;
using Retraining.Execution;
using TwoTower.Evaluation;
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
    private const double ClearlyBetter = 1.02;
    private const int MostTrialRounds = 3;
    private const double ClearStandardErrors = 2;
    private readonly int _cutOff = CutOff(metric);
    private TrainingSettings? _chosen;

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

    /// <summary>Trains with early stopping on the held-out users.</summary>
    /// <param name="checkpoint">Receives all that a resume needs after each epoch; null for none.</param>
    /// <param name="progress">Receives progress; null for none.</param>
    /// <param name="resume">State of an interrupted run.</param>
    /// <param name="cancellationToken">Checked in every step.</param>
    /// <returns>The best epoch is 0 when no epoch was better than the start.</returns>
    /// <exception cref="PermanentStageException">Training diverged, or a setting does not fit.</exception>
    public async Task<TrainingResult> SearchAsync(
        Func<TrainerState, CancellationToken, Task>? checkpoint, Action<TrainingProgress>? progress, TrainerState? resume,
        CancellationToken cancellationToken)
    {
        var queries = stopping.Count == 0 ? null : stopping.Rows(set.Spec, set.Catalogue);
        var start = ChooseStart(queries, cancellationToken);
        var hooks = new TrainingHooks
        {
            Validate = queries is null ? null : (model, token) => Task.FromResult(Score(model, queries, token)),
            Checkpoint = checkpoint,
            Progress = progress,
        };
        var result = await TrainAsync(set, start, settings.Patience, hooks, resume, cancellationToken);
        if (queries is null || !IsFactors)
            return result;

        var before = PerUser(start, queries, cancellationToken);
        return result.BestMetric is not null && IsClearlyBetter(PerUser(result.Model, queries, cancellationToken), before)
            ? result
            : result with { Model = start, BestEpoch = 0, BestMetric = before.Average() };
    }

    /// <summary>Trains as many epochs as were best, on more likes and without looking at anything held out.</summary>
    /// <param name="full">The training set with the validation part among its likes.</param>
    /// <param name="found">From <see cref="SearchAsync"/>.</param>
    /// <inheritdoc cref="SearchAsync"/>
    public async Task<TrainingResult> RefitAsync(
        TrainingSet full, TrainingResult found, Func<TrainerState, CancellationToken, Task>? checkpoint, Action<TrainingProgress>? progress,
        TrainerState? resume, CancellationToken cancellationToken)
    {
        var start = Start(full, cancellationToken);
        if (found.BestEpoch == 0)
            return found with { Model = start };

        // The schedule must stay that of the search, so the planned epochs do: a made-up metric falls after the last one that is wanted.
        var epoch = resume?.Epochs.Count ?? 0;
        var hooks = new TrainingHooks
        {
            Validate = (_, _) => Task.FromResult(++epoch <= found.BestEpoch ? epoch : 0.0),
            Checkpoint = checkpoint,
            Progress = progress is null ? null : report => progress(report with { Metric = null, BestMetric = null, BestEpoch = null }),
        };
        var result = await TrainAsync(full, start, patience: 1, hooks, resume, cancellationToken);
        return found with { Model = result.Model };
    }

    /// <summary>
    /// The start that validation users do best with: from the set factors to neighbours that are clearly better, as long as there are any. The
    /// sparser the likes, the smaller both numbers have to be.
    /// </summary>
    private TwoTowerModel ChooseStart(SparseRows? queries, CancellationToken cancellationToken)
    {
        var best = Start(set, cancellationToken);
        if (queries is null || !settings.FactorTrials || !IsFactors)
            return best;

        var score = Score(best, queries, cancellationToken);
        for (var (round, found) = (0, true); found && round < MostTrialRounds; round++)
        {
            found = false;
            var centre = _chosen ?? settings;
            foreach (var (regularisation, unobserved) in ((double, double)[])[(1.0 / 3, 1.0 / 3), (1, 1.0 / 3), (1, 3)])
            {
                var trial = centre with
                {
                    FactorRegularisation = centre.FactorRegularisation * regularisation,
                    FactorUnobservedWeight = centre.FactorUnobservedWeight * unobserved,
                };
                var model = new FactorStart(set, trial).Build(Shape, cancellationToken);
                if (Score(model, queries, cancellationToken) is var value && value > score * ClearlyBetter)
                    (best, score, _chosen, found) = (model, value, trial, true);
            }
        }

        return best;
    }

    private bool IsFactors => Champion is null && settings.Start != "random" && settings.LinearSkip;

    private TwoTowerModel Start(TrainingSet data, CancellationToken cancellationToken) => IsFactors
        ? new FactorStart(data, _chosen ?? settings).Build(Shape, cancellationToken)
        : Champion ?? TwoTowerModel.Create(Shape, settings.Seed);

    private async Task<TrainingResult> TrainAsync(
        TrainingSet data, TwoTowerModel start, int patience, TrainingHooks hooks, TrainerState? resume, CancellationToken cancellationToken)
    {
        if (settings.Epochs == 0)
            return new() { Model = start, BestEpoch = 0, BestMetric = null, Epochs = [], ExamplesPerSecond = 0 };
        try
        {
            var examples = new HistoryExamples(data.Users, data.Log, data.Split, data.Catalogue.Count, Examples());
            var options = Options(start, examples, cancellationToken) with { Patience = patience };
            return await new Trainer(start, data.Items, examples, options, time) { Steps = Steps }.RunAsync(hooks, resume, cancellationToken);
        }
        catch (Exception error) when (error is TrainingDivergedException or ArgumentException)
        {
            throw new PermanentStageException($"training: {error.Message}", error);
        }
    }

    /// <summary>
    /// The best of many epochs looks good by chance on few users: training must lift the metric by two standard errors of the paired
    /// difference, otherwise the start stays.
    /// </summary>
    private static bool IsClearlyBetter(double[] after, double[] before)
    {
        double[] gains = [.. after.Zip(before, (trained, untrained) => trained - untrained)];
        var mean = gains.Average();
        var variance = gains.Sum(gain => (gain - mean) * (gain - mean)) / Math.Max(1, gains.Length - 1);
        return mean > ClearStandardErrors * Math.Sqrt(variance / gains.Length);
    }

    private double Score(TwoTowerModel model, SparseRows queries, CancellationToken cancellationToken) => PerUser(model, queries, cancellationToken).Average();

    private double[] PerUser(TwoTowerModel model, SparseRows queries, CancellationToken cancellationToken)
    {
        var scorer = new EmbeddingScorer(
            model.User.Embed(queries, settings.Threads), model.Item.Embed(set.Items, settings.Threads), settings.EmbeddingDim);
        var lists = new FullCatalogueRanker { K = _cutOff, Threads = settings.Threads }.Rank(scorer, stopping.Known, candidates, cancellationToken);
        return new RankingEvaluator { Ks = [_cutOff] }.Evaluate(lists, stopping.Targets)[metric].ToArray();
    }

    private HistoryExamplesOptions Examples() => new()
    {
        Seed = settings.Seed,
        Mode = Mode,
        BatchUsers = settings.BatchUsers,
        TargetsPerUser = settings.TargetsPerUser,
        KeepHistory = settings.KeepHistory,
        ActivityPower = settings.ActivityPower,
        RecencyHalfLifeDays = settings.RecencyHalfLifeDays,
    };

    private TrainerOptions Options(TwoTowerModel start, HistoryExamples examples, CancellationToken cancellationToken) => new()
    {
        Epochs = settings.Epochs,
        LearningRate = settings.LearningRate,
        Schedule = settings.Schedule switch
        {
            "constant" => LearningRateSchedule.Constant,
            "linear" => LearningRateSchedule.Linear,
            "cosine" => LearningRateSchedule.Cosine,
            _ => throw new PermanentStageException($"training.schedule: {settings.Schedule}, expected constant, linear or cosine"),
        },
        WarmUpSteps = settings.WarmUpSteps,
        WeightDecay = settings.WeightDecay,
        GradientClip = settings.GradientClip,
        Dropout = settings.Dropout,
        ItemIdColumns = set.Spec.ItemColumns("video_id"),
        IdDropout = settings.IdDropout,
        Loss = settings.Loss switch
        {
            "softmax" => TrainingLoss.InBatchSoftmax,
            "full-softmax" => TrainingLoss.FullSoftmax,
            "bce" => TrainingLoss.BinaryCrossEntropy,
            _ => throw new PermanentStageException($"training.loss: {settings.Loss}, expected softmax, full-softmax or bce"),
        },
        Temperature = settings.Temperature > 0
            ? settings.Temperature
            : TemperatureFit.Find(start, set.Items, examples, settings.Epochs, settings.Threads, cancellationToken),
        LogQCorrection = settings.LogQCorrection,
        UniformNegatives = settings.UniformNegatives,
        DislikeWeight = settings.DislikeWeight,
        Negatives = settings.Negatives,
        Seed = settings.Seed,
        Threads = settings.Threads,
    };

    private static int CutOff(string metric)
    {
        var at = metric.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && metric[..at] is "recall" or "precision" or "map" or "ndcg" or "mrr" && int.TryParse(metric[(at + 1)..], out var k) && k > 0
            ? k
            : throw new PermanentStageException($"gate.metric: {metric}, expected recall@k, precision@k, map@k, ndcg@k or mrr@k");
    }
}

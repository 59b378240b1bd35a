using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Trains both towers on a source's examples.</summary>
/// <param name="model">Starting weights (random, or a champion's for a warm start); left as they are.</param>
/// <param name="items">Feature rows of the whole catalogue, by item index.</param>
/// <param name="source">Examples.</param>
/// <param name="options">How to train.</param>
/// <param name="time">For progress events only.</param>
public sealed class Trainer(TwoTowerModel model, SparseRows items, IExampleSource source, TrainerOptions options, TimeProvider time)
{
    private readonly List<EpochReport> _epochs = [];
    private TrainingClock _clock = new(time);
    private TwoTowerModel? _best;
    private (TwoTowerModel First, TwoTowerModel Second)? _moments;

    /// <summary>What computes the steps; null: this project's own kernels.</summary>
    public CreateTrainingSteps? Steps { get; init; }

    /// <summary>Form of the own kernels; set by tests.</summary>
    internal SimdLevel Level { get; init; } = Simd.Best;

    /// <summary>Trains to the last planned epoch or until the metric stops rising.</summary>
    /// <param name="hooks">Validation, checkpoints, progress.</param>
    /// <param name="resume">State of an interrupted run of the same trainer; null starts anew.</param>
    /// <param name="cancellationToken">Checked in every step.</param>
    /// <exception cref="TrainingDivergedException">Loss, gradient or weights show that training cannot go on.</exception>
    /// <exception cref="ArgumentException">Widths or options do not fit.</exception>
    public async Task<TrainingResult> RunAsync(TrainingHooks hooks, TrainerState? resume, CancellationToken cancellationToken)
    {
        TrainerOptionsCheck.Check(model, items, source, options);
        (_clock, _best) = (new(time), resume?.Best?.Clone());
        _epochs.Clear();
        _epochs.AddRange(resume?.Epochs ?? []);
        using var steps = Steps?.Invoke(model, items, source, options) ?? new TrainingLoop(model, items, source, options, Level);
        if (resume is not null)
            steps.Load(resume);

        var watch = new DivergenceWatch(source, options, model);
        var current = resume?.Model.Clone() ?? model.Clone();
        while (_epochs.Count < options.Epochs && !HasStopped())
        {
            var trained = TrainEpoch(steps, watch, hooks, cancellationToken);
            steps.StoreWeights(current);
            watch.CheckWeights(current, trained.Epoch - 1);
            var metric = hooks.Validate is { } validate ? await validate(current, cancellationToken) : (double?)null;
            if (metric is { } value && (BestSoFar() is not { } best || value > best.Metric))
                KeepBest(current);
            _epochs.Add(trained with { Metric = metric });
            hooks.Progress?.Invoke(Report(trained, source.StepsPerEpoch, metric));
            if (hooks.Checkpoint is { } checkpoint)
                await checkpoint(State(steps, current), cancellationToken);
        }

        return new()
        {
            Model = _best ?? current,
            BestEpoch = BestSoFar()?.Epoch ?? _epochs.Count,
            BestMetric = BestSoFar()?.Metric,
            Epochs = [.. _epochs],
            ExamplesPerSecond = _clock.ExamplesPerSecond,
        };
    }

    private EpochReport TrainEpoch(ITrainingSteps steps, DivergenceWatch watch, TrainingHooks hooks, CancellationToken cancellationToken)
    {
        var (epoch, loss, norms, targets) = (_epochs.Count, 0.0, 0.0, 0L);
        var lastProgress = time.GetTimestamp();
        for (var step = 0; step < source.StepsPerEpoch; step++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var started = time.GetTimestamp();
            var report = steps.Step(epoch, step);
            _clock.Add(started, report.Targets);
            watch.Check(report, epoch, step);
            watch.CheckCollapse(steps, epoch, step);
            (loss, norms, targets) = (loss + (report.Loss * report.Targets), norms + report.GradientNorm, targets + report.Targets);
            if (hooks.Progress is not null && time.GetElapsedTime(lastProgress) >= hooks.ProgressInterval)
            {
                hooks.Progress(Report(new(epoch + 1, loss / Math.Max(1, targets), report.GradientNorm, null), step + 1, null));
                lastProgress = time.GetTimestamp();
            }
        }

        return new(epoch + 1, loss / Math.Max(1, targets), norms / source.StepsPerEpoch, null);
    }

    private TrainingProgress Report(EpochReport epoch, int step, double? metric)
    {
        var stepsLeft = ((long)(options.Epochs - epoch.Epoch) * source.StepsPerEpoch) + source.StepsPerEpoch - step;
        return new()
        {
            Epoch = epoch.Epoch,
            Epochs = options.Epochs,
            Step = step,
            StepsPerEpoch = source.StepsPerEpoch,
            Loss = epoch.Loss,
            GradientNorm = epoch.GradientNorm,
            LearningRate = LearningRate.At(options, ((long)(epoch.Epoch - 1) * source.StepsPerEpoch) + step - 1, source.StepsPerEpoch),
            ExamplesPerSecond = _clock.ExamplesPerSecond,
            Remaining = _clock.TimeFor(stepsLeft),
            Metric = metric,
            BestMetric = BestSoFar()?.Metric,
            BestEpoch = BestSoFar()?.Epoch,
        };
    }

    private TrainerState State(ITrainingSteps steps, TwoTowerModel current)
    {
        var (first, second) = _moments ??= (new(model.Shape), new(model.Shape));
        steps.Store(current, first, second);
        return new()
        {
            Model = current,
            FirstMoment = first,
            SecondMoment = second,
            Best = _best,
            Steps = (long)_epochs.Count * source.StepsPerEpoch,
            Epochs = [.. _epochs],
        };
    }

    private void KeepBest(TwoTowerModel current)
    {
        _best ??= new TwoTowerModel(model.Shape);
        _best.CopyFrom(current);
    }

    private (int Epoch, double Metric)? BestSoFar()
    {
        (int Epoch, double Metric)? best = null;
        foreach (var epoch in _epochs)
        {
            if (epoch.Metric is { } metric && (best is not { } known || metric > known.Metric))
                best = (epoch.Epoch, metric);
        }

        return best;
    }

    private bool HasStopped() => options.Patience > 0 && BestSoFar() is { } best && _epochs.Count - best.Epoch >= options.Patience;
}

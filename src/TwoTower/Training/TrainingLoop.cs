using System.Numerics.Tensors;
using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>The optimiser steps in this project's own kernels: embeds both sides, takes loss and gradient, updates the weights.</summary>
internal sealed class TrainingLoop : ITrainingSteps
{
    /// <summary>Fewest embeddings whose mean says anything.</summary>
    public const int FewestToTell = 16;

    private readonly TrainerOptions _options;
    private readonly IExampleSource _source;
    private readonly WorkTeam _team;
    private readonly StepDraw _draw;
    private readonly BatchLoss _loss;
    private readonly LossInput _input;
    private readonly double[] _mean;

    /// <param name="model">Starting weights; left as they are.</param>
    /// <param name="items">Feature rows of the whole catalogue.</param>
    /// <param name="source">Examples.</param>
    /// <param name="options">How to train.</param>
    /// <param name="level">Form of the kernels.</param>
    /// <param name="exact">Keeps the first layers at their full width; see <see cref="TowerTrainer"/>.</param>
    public TrainingLoop(
        TwoTowerModel model, SparseRows items, IExampleSource source, TrainerOptions options, SimdLevel level, bool exact = false)
    {
        (_options, _source) = (options, source);
        _team = new WorkTeam(options.Threads);
        (UserTower, ItemTower) = (new(model.User, level, _team, exact), new(model.Item, level, _team, exact));
        _mean = new double[model.Shape.EmbeddingDim];
        _draw = new StepDraw(items, source, options, _team);
        _loss = options.Loss == TrainingLoss.BinaryCrossEntropy
            ? new BinaryLoss(options, _draw.Chosen, _team)
            : new SoftmaxLoss(options, level, _team);
        _input = new LossInput(
            _draw.Batch, _draw.Candidates, model.Shape.EmbeddingDim,
            UserTower.Pass.Embeddings, ItemTower.Pass.Embeddings, UserTower.Backward.Gradient, ItemTower.Backward.Gradient);
    }

    public TowerTrainer UserTower { get; }

    public TowerTrainer ItemTower { get; }

    public TrainingBatch Batch => _input.Batch;

    /// <summary>Told the name of each part of a step when it ends; for measuring.</summary>
    public Action<string>? PhaseEnded { get; set; }

    /// <inheritdoc/>
    public StepReport Step(int epoch, int step)
    {
        var number = ((long)epoch * _source.StepsPerEpoch) + step;
        _input.Batch = _draw.Fetch(epoch, step);
        if (Batch.Targets == 0)
            return new(0, 0, 0, 0);
        PhaseEnded?.Invoke("fill");
        var loss = ComputeLoss(number);
        var rate = LearningRate.At(_options, number, _source.StepsPerEpoch);
        var norm = Update(number, rate);
        PhaseEnded?.Invoke("update");
        return new(loss, Batch.Targets, norm, rate);
    }

    /// <summary>Forward, loss and backward of the batch at hand, without an update.</summary>
    public double ComputeLoss(long number)
    {
        _draw.Prepare(number);
        PhaseEnded?.Invoke("prepare");
        UserTower.Forward(_draw.Users, _draw.UserMask);
        ItemTower.Forward(_draw.Items, _draw.ItemMask);

        PhaseEnded?.Invoke("forward");
        _input.Share = _draw.Share;
        var loss = _loss.Compute(_input);
        PhaseEnded?.Invoke("loss");
        UserTower.Backward.Run();
        ItemTower.Backward.Run();
        PhaseEnded?.Invoke("backward");
        return loss;
    }

    /// <inheritdoc/>
    public (double Users, double Items) Concentration() => (Concentration(UserTower.Pass), Concentration(ItemTower.Pass));

    public void Load(TrainerState state)
    {
        foreach (var (model, part) in Parts(state.Model, state.FirstMoment, state.SecondMoment))
        {
            UserTower.Weights.Load(model.User, part);
            ItemTower.Weights.Load(model.Item, part);
        }
    }

    /// <inheritdoc/>
    public void Store(TwoTowerModel weights, TwoTowerModel firstMoment, TwoTowerModel secondMoment)
    {
        foreach (var (model, part) in Parts(weights, firstMoment, secondMoment))
            Store(model, part);
    }

    public void StoreWeights(TwoTowerModel model) => Store(model, parameter => parameter.Weight);

    public void Dispose() => _team.Dispose();

    private static (TwoTowerModel Model, Func<Parameter, FloatBuffer> Part)[] Parts(
        TwoTowerModel weights, TwoTowerModel first, TwoTowerModel second) =>
        [(weights, p => p.Weight), (first, p => p.FirstMoment), (second, p => p.SecondMoment)];

    private double Concentration(TowerPass pass)
    {
        if (pass.Rows < FewestToTell)
            return 0;
        Array.Clear(_mean);
        for (var row = 0; row < pass.Rows; row++)
        {
            var embedding = pass.Embeddings.Span.Slice(row * _mean.Length, _mean.Length);
            for (var d = 0; d < _mean.Length; d++)
                _mean[d] += embedding[d];
        }

        return TensorPrimitives.Norm<double>(_mean) / pass.Rows;
    }

    private void Store(TwoTowerModel model, Func<Parameter, FloatBuffer> part)
    {
        UserTower.Weights.Store(model.User, part);
        ItemTower.Weights.Store(model.Item, part);
    }

    private double Update(long number, double rate)
    {
        if (_options.GradientClip <= 0)
        {
            var step = AdamStep.Create(number + 1, rate, _options);
            return Math.Sqrt(UserTower.Update.UpdateDirectly(step) + ItemTower.Update.UpdateDirectly(step));
        }

        var norm = Math.Sqrt(UserTower.Update.SumGradients() + ItemTower.Update.SumGradients());
        var clipped = AdamStep.Create(number + 1, rate, _options, norm > _options.GradientClip ? _options.GradientClip / norm : 1);
        UserTower.Update.UpdateWithSum(clipped);
        ItemTower.Update.UpdateWithSum(clipped);
        return norm;
    }
}

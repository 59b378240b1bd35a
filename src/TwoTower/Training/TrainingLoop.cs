using System.Runtime.InteropServices;
using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>The optimiser steps: draws a batch, embeds both sides, takes loss and gradient, updates the weights.</summary>
internal sealed class TrainingLoop : IDisposable
{
    private const int UserDropoutStream = 11;
    private const int ItemDropoutStream = 12;
    private const int UserInputStream = 13;
    private const int ItemInputStream = 14;
    private readonly TrainerOptions _options;
    private readonly SparseRows _items;
    private readonly IExampleSource _source;
    private readonly WorkTeam _team;
    private readonly RowStaging _userRows;
    private readonly RowStaging _itemRows;
    private readonly Candidates _candidates;
    private readonly CandidateDraw _draw;
    private readonly BatchLoss _loss;
    private readonly LossInput _input;
    private readonly BatchQueue _batches;

    public TrainingLoop(TwoTowerModel model, SparseRows items, IExampleSource source, TrainerOptions options, SimdLevel level)
    {
        (_options, _items, _source) = (options, items, source);
        _team = new WorkTeam(options.Threads);
        (UserTower, ItemTower) = (new(model.User, level, _team), new(model.Item, level, _team));
        _userRows = new RowStaging(source.UserColumns, options.UserInputDropout, 0..0, 0);
        _itemRows = new RowStaging(items.Columns, options.ItemInputDropout, options.ItemIdColumns, options.IdDropout);
        (_candidates, _draw) = (new(items.Rows), new(options, items.Rows, source));
        _loss = options.Loss == TrainingLoss.BinaryCrossEntropy ? new BinaryLoss(options, _draw, _team) : new SoftmaxLoss(options, level, _team);
        _batches = new BatchQueue(source, readsAhead: _team.Size > 1);
        _input = new LossInput(
            _batches.Current, _candidates, model.Shape.EmbeddingDim,
            UserTower.Pass.Embeddings, ItemTower.Pass.Embeddings, UserTower.Backward.Gradient, ItemTower.Backward.Gradient);
    }

    public TowerTrainer UserTower { get; }

    public TowerTrainer ItemTower { get; }

    public TrainingBatch Batch => _input.Batch;

    /// <summary>Told the name of each part of a step when it ends; for measuring.</summary>
    public Action<string>? PhaseEnded { get; set; }

    /// <summary>Does one optimiser step.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="step">Within the epoch, from 0.</param>
    public StepReport Step(int epoch, int step)
    {
        var number = ((long)epoch * _source.StepsPerEpoch) + step;
        _input.Batch = _batches.Fetch(epoch, step);
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
        _draw.Fill(_candidates, Batch, number);
        _itemRows.Take(_items, CollectionsMarshal.AsSpan(_candidates.Items), CounterRandom.Key(_options.Seed, ItemInputStream, number));
        PhaseEnded?.Invoke("prepare");
        UserTower.Forward(UserRows(number), Mask(UserDropoutStream, number));
        ItemTower.Forward(_itemRows.Rows, Mask(ItemDropoutStream, number));

        PhaseEnded?.Invoke("forward");
        var weights = 0.0;
        foreach (var weight in Batch.Weight)
            weights += weight;
        _input.Share = 1 / weights;
        var loss = _loss.Compute(_input);
        PhaseEnded?.Invoke("loss");
        UserTower.Backward.Run();
        ItemTower.Backward.Run();
        PhaseEnded?.Invoke("backward");
        return loss;
    }

    /// <summary>Length of the mean of the last step's item embeddings: 1 when all items are the same point.</summary>
    public unsafe double Concentration()
    {
        var (dim, rows) = (_input.Dim, ItemTower.Pass.Rows);
        var sum = new double[dim];
        for (var k = 0; k < rows * dim; k++)
            sum[k % dim] += _input.Items.Pointer[k];
        return rows < 16 ? 0 : Math.Sqrt(sum.Sum(x => x * x)) / rows;
    }

    public void Load(TrainerState state)
    {
        foreach (var (model, part) in Parts(state.Model, state.FirstMoment, state.SecondMoment))
        {
            UserTower.Weights.Load(model.User, part);
            ItemTower.Weights.Load(model.Item, part);
        }
    }

    /// <summary>Copies weights and moments out.</summary>
    public void Store(TwoTowerModel weights, TwoTowerModel firstMoment, TwoTowerModel secondMoment)
    {
        foreach (var (model, part) in Parts(weights, firstMoment, secondMoment))
            Store(model, part);
    }

    public void StoreWeights(TwoTowerModel model) => Store(model, parameter => parameter.Weight);

    public void Dispose()
    {
        _batches.Dispose();
        _team.Dispose();
    }

    private static (TwoTowerModel Model, Func<Parameter, FloatBuffer> Part)[] Parts(TwoTowerModel weights, TwoTowerModel first, TwoTowerModel second) =>
        [(weights, p => p.Weight), (first, p => p.FirstMoment), (second, p => p.SecondMoment)];

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

    private SparseRows UserRows(long number)
    {
        if (_userRows.CopiesOnly)
            return Batch.Users;
        _userRows.TakeAll(Batch.Users, CounterRandom.Key(_options.Seed, UserInputStream, number));
        return _userRows.Rows;
    }

    private DropoutMask Mask(int stream, long number) => DropoutMask.Create(CounterRandom.Key(_options.Seed, stream, number), _options.Dropout);
}

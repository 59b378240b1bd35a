using Retraining.Execution;
using TorchSharp;
using TwoTower.Kernels;
using TwoTower.Model;
using TwoTower.Training;
using static TorchSharp.torch;

namespace Retraining.TorchSharp;

/// <summary>
/// The trainer's optimiser steps on libtorch: the same model, losses, batches, candidates and dropout as the own kernels, so losses agree
/// but for rounding. Bits hang on the device, unlike those of the own kernels.
/// </summary>
internal sealed class TorchSteps : ITrainingSteps
{
    private readonly TrainerOptions _options;
    private readonly IExampleSource _source;
    private readonly WorkTeam _team;
    private readonly StepDraw _draw;
    private readonly TorchLoss _loss;
    private readonly TorchTower _user;
    private readonly TorchTower _item;
    private (double Users, double Items) _concentration;

    public TorchSteps(TwoTowerModel model, SparseRows items, IExampleSource source, TrainerOptions options, Device device)
    {
        (_options, _source) = (options, source);
        _team = new WorkTeam(options.Threads);
        _draw = new StepDraw(items, source, options, _team);
        _loss = new TorchLoss(options, _draw, device);
        (_user, _item) = (new(model.User, device), new(model.Item, device));
    }

    private IEnumerable<TorchParameter> Parameters => _user.Parameters.Concat(_item.Parameters);

    /// <exception cref="PermanentStageException">libtorch cannot be loaded, or has no such device here.</exception>
    public static CreateTrainingSteps Open(string device)
    {
        LibTorch.Require();
        if (device == "cuda" && !cuda.is_available())
        {
            throw new PermanentStageException(
                "training.device: cuda, but libtorch finds no such device, expected one, and a build with -p:TorchBundle=TorchSharp-cuda-linux");
        }

        return (model, items, source, options) =>
        {
            if (options.Threads > 0)
                set_num_threads(options.Threads);
            return new TorchSteps(model, items, source, options, new Device(device));
        };
    }

    public StepReport Step(int epoch, int step)
    {
        var number = ((long)epoch * _source.StepsPerEpoch) + step;
        if (_draw.Fetch(epoch, step).Targets == 0)
            return new(0, 0, 0, 0);
        _draw.Prepare(number);

        using var scope = NewDisposeScope();
        var users = _user.Embed(_draw.Users, _draw.UserMask);
        var items = _item.Embed(_draw.Items, _draw.ItemMask);
        var loss = _loss.Compute(users, items);
        var rate = LearningRate.At(_options, number, _source.StepsPerEpoch);
        var norm = Update(loss, number, rate);
        _concentration = (Concentration(users), Concentration(items));
        return new(loss.ToDouble(), _draw.Batch.Targets, norm, rate);
    }

    public (double Users, double Items) Concentration() => _concentration;

    public void Load(TrainerState state)
    {
        _user.Load(state.Model.User, state.FirstMoment.User, state.SecondMoment.User);
        _item.Load(state.Model.Item, state.FirstMoment.Item, state.SecondMoment.Item);
    }

    public void Store(TwoTowerModel weights, TwoTowerModel firstMoment, TwoTowerModel secondMoment)
    {
        _user.Store(weights.User, firstMoment.User, secondMoment.User);
        _item.Store(weights.Item, firstMoment.Item, secondMoment.Item);
    }

    public void StoreWeights(TwoTowerModel model)
    {
        _user.StoreWeights(model.User);
        _item.StoreWeights(model.Item);
    }

    public void Dispose()
    {
        _team.Dispose();
        _user.Dispose();
        _item.Dispose();
    }

    private static double Concentration(Tensor embeddings) =>
        embeddings.shape[0] < TrainingLoop.FewestToTell ? 0 : embeddings.detach().mean([0]).norm().ToDouble();

    /// <returns>Length of the gradient before it is clipped.</returns>
    private double Update(Tensor loss, long number, double rate)
    {
        TorchParameter[] parameters = [.. Parameters];
        var gradients = autograd.grad([loss], [.. parameters.Select(parameter => parameter.Weight)]);
        var norm = stack(gradients.Select(gradient => gradient.square().sum())).sum().sqrt().ToDouble();
        var scale = _options.GradientClip > 0 && norm > _options.GradientClip ? _options.GradientClip / norm : 1;
        var step = AdamStep.Create(number + 1, rate, _options, scale);
        using (no_grad())
        {
            foreach (var (parameter, gradient) in parameters.Zip(gradients))
                parameter.Update(step, gradient);
        }

        return norm;
    }
}

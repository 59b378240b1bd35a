using TorchSharp;
using TorchSharp.Modules;
using TwoTower.Kernels;
using TwoTower.Model;
using static TorchSharp.torch;

namespace Retraining.TorchSharp;

/// <summary>One tower on a device: sparse rows → hidden units → unit vectors, with the linear part beside the hidden layer.</summary>
internal sealed class TorchTower : IDisposable
{
    private readonly TowerShape _shape;
    private readonly Device _device;
    private readonly TorchParameter? _w1;
    private readonly TorchParameter? _b1;
    private readonly TorchParameter? _w2;
    private readonly TorchParameter _b2;
    private readonly TorchParameter? _skip;
    private readonly EmbeddingBag? _hiddenBag;
    private readonly EmbeddingBag? _skipBag;

    public TorchTower(Tower tower, Device device)
    {
        (_shape, _device) = (tower.Shape, device);
        var (inputs, hidden, dim) = (_shape.InputDim, _shape.HiddenDim, _shape.EmbeddingDim);
        if (hidden > 0)
        {
            _w1 = new(tower.W1, [inputs, hidden], decays: true, device);
            _b1 = new(tower.B1, [hidden], decays: false, device);
            _w2 = new(tower.W2, [hidden, dim], decays: true, device);
        }

        _b2 = new(tower.B2, [dim], decays: false, device);
        _skip = _shape.LinearSkip ? new(tower.Skip, [inputs, dim], decays: true, device) : null;
        (_hiddenBag, _skipBag) = (Bag(_w1), Bag(_skip));
    }

    public IEnumerable<TorchParameter> Parameters => new[] { _w1, _b1, _w2, _b2, _skip }.OfType<TorchParameter>();

    /// <summary>Unit vectors, [rows, embedding_dim].</summary>
    public Tensor Embed(SparseRows rows, DropoutMask mask)
    {
        var indices = tensor(rows.Indices.ToArray(), device: _device);
        var offsets = tensor(rows.Offsets.ToArray(), device: _device);
        var values = tensor(rows.Values.ToArray(), device: _device);
        var output = _b2.Weight.unsqueeze(0);
        if (_hiddenBag is not null)
        {
            var hidden = _hiddenBag.forward(indices, offsets, values).add(_b1!.Weight).relu();
            output = Drop(hidden, rows.Rows, mask).matmul(_w2!.Weight).add(output);
        }

        if (_skipBag is not null)
            output = _skipBag.forward(indices, offsets, values).add(output);
        return nn.functional.normalize(output, p: 2, dim: 1, eps: Tower.NormEpsilon);
    }

    public void Load(Tower weights, Tower firstMoment, Tower secondMoment)
    {
        foreach (var (parameter, values) in Named())
            parameter.Load(values(weights), values(firstMoment), values(secondMoment));
    }

    public void Store(Tower weights, Tower firstMoment, Tower secondMoment)
    {
        foreach (var (parameter, values) in Named())
            parameter.Store(values(weights), values(firstMoment), values(secondMoment));
    }

    public void StoreWeights(Tower weights)
    {
        foreach (var (parameter, values) in Named())
            parameter.StoreWeight(values(weights));
    }

    public void Dispose()
    {
        _hiddenBag?.Dispose();
        _skipBag?.Dispose();
        foreach (var parameter in Parameters)
            parameter.Dispose();
    }

    private IEnumerable<(TorchParameter Parameter, Func<Tower, float[]> Values)> Named()
    {
        if (_w1 is not null)
        {
            yield return (_w1, tower => tower.W1);
            yield return (_b1!, tower => tower.B1);
            yield return (_w2!, tower => tower.W2);
        }

        yield return (_b2, tower => tower.B2);
        if (_skip is not null)
            yield return (_skip, tower => tower.Skip);
    }

    /// <summary>For each row the sum of value × the weights of its column. Shares the parameter's weights.</summary>
    private static EmbeddingBag? Bag(TorchParameter? parameter) => parameter is null
        ? null
        : nn.EmbeddingBag_from_pretrained(parameter.Weight, freeze: false, mode: EmbeddingBagMode.Sum, include_last_offset: true);

    /// <summary>Switches off the very units that the own kernels switch off.</summary>
    private Tensor Drop(Tensor hidden, int rows, DropoutMask mask)
    {
        if (mask.Threshold == 0)
            return hidden;
        var (units, stride) = (_shape.HiddenDim, Slabs.Count(_shape.HiddenDim) * Slabs.Width);
        var scale = new float[rows * units];
        Parallel.For(0, rows, row =>
        {
            for (var unit = 0; unit < units; unit++)
                scale[(row * units) + unit] = CounterRandom.Draw(mask.Key, (uint)((row * stride) + unit)) < mask.Threshold ? 0 : mask.Scale;
        });
        return hidden.mul(tensor(scale, [rows, units], device: _device));
    }
}

using TwoTower.Kernels;
using static TorchSharp.torch;

namespace Retraining.TorchSharp;

/// <summary>One weight tensor with Adam's moments.</summary>
internal sealed class TorchParameter : IDisposable
{
    private readonly bool _decays;
    private readonly Tensor _firstMoment;
    private readonly Tensor _secondMoment;

    /// <param name="values">Row-major.</param>
    /// <param name="decays">Weight decay applies (not to biases).</param>
    public TorchParameter(float[] values, long[] shape, bool decays, Device device)
    {
        _decays = decays;
        Weight = tensor(values, shape, device: device).requires_grad_();
        _firstMoment = zeros(shape, device: device);
        _secondMoment = zeros(shape, device: device);
    }

    public Tensor Weight { get; }

    /// <summary>AdamW, term for term as the own kernels do it.</summary>
    public void Update(AdamStep step, Tensor gradient)
    {
        step = _decays ? step : step.WithoutDecay();
        var scaled = gradient * step.GradientScale;
        if (step.L2Penalty > 0)
            scaled.add_(Weight, alpha: step.L2Penalty);
        _firstMoment.mul_(step.Beta1).add_(scaled, alpha: 1 - step.Beta1);
        _secondMoment.mul_(step.Beta2).addcmul_(scaled, scaled, value: 1 - step.Beta2);
        var root = _secondMoment.sqrt().mul_(step.RootCorrection).add_(step.Epsilon);
        Weight.mul_(step.Keep).addcdiv_(_firstMoment, root, value: -step.Rate);
    }

    public void Load(float[] weight, float[] firstMoment, float[] secondMoment)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        foreach (var (target, values) in new[] { (Weight, weight), (_firstMoment, firstMoment), (_secondMoment, secondMoment) })
            target.copy_(tensor(values, target.shape, device: target.device));
    }

    public void Store(float[] weight, float[] firstMoment, float[] secondMoment)
    {
        CopyTo(Weight, weight);
        CopyTo(_firstMoment, firstMoment);
        CopyTo(_secondMoment, secondMoment);
    }

    public void StoreWeight(float[] weight) => CopyTo(Weight, weight);

    public void Dispose()
    {
        Weight.Dispose();
        _firstMoment.Dispose();
        _secondMoment.Dispose();
    }

    private static void CopyTo(Tensor source, float[] target)
    {
        using var scope = NewDisposeScope();
        source.detach().cpu().data<float>().CopyTo(target);
    }
}

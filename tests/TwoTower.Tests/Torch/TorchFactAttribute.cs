using Retraining.TorchSharp;

namespace TwoTower.Tests.Torch;

/// <summary>A test on a real libtorch; skipped, with the reason, where it cannot be loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchFactAttribute : FactAttribute
{
    public TorchFactAttribute() => Skip = LibTorch.Fault;
}

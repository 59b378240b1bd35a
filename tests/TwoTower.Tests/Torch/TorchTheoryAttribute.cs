using Retraining.TorchSharp;

namespace TwoTower.Tests.Torch;

/// <summary>A theory on a real libtorch; skipped, with the reason, where it cannot be loaded.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class TorchTheoryAttribute : TheoryAttribute
{
    public TorchTheoryAttribute() => Skip = LibTorch.Fault;
}

using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>A weight array with Adam's moments and room for its gradient.</summary>
internal sealed class Parameter(long length, bool decays)
{
    public int Length { get; } = checked((int)length);

    /// <summary>Weight decay applies (not to biases).</summary>
    public bool Decays { get; } = decays;

    public FloatBuffer Weight { get; } = new(length);

    public FloatBuffer FirstMoment { get; } = new(length);

    public FloatBuffer SecondMoment { get; } = new(length);

    /// <summary>Empty until the first use, where updating is fused with the gradient.</summary>
    public FloatBuffer Gradient { get; } = new();

    /// <summary>Updates weights [start, start + count) from the gradient.</summary>
    /// <returns>Sum of the squared gradients.</returns>
    public unsafe double Update(SimdLevel level, AdamStep step, int start, int count) => AdamKernels.Update(
        level,
        Decays ? step : step.WithoutDecay(),
        Gradient.Pointer + start,
        Weight.Pointer + start,
        FirstMoment.Pointer + start,
        SecondMoment.Pointer + start,
        count);
}

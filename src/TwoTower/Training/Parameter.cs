using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>A weight array with Adam's moments and room for its gradient.</summary>
/// <param name="length">Weights.</param>
/// <param name="decays">Weight decay applies (not to biases).</param>
/// <param name="trains">Keeps moments.</param>
internal sealed class Parameter(long length, bool decays, bool trains)
{
    public int Length { get; } = checked((int)length);

    public bool Decays { get; } = decays;

    public FloatBuffer Weight { get; } = new(length);

    public FloatBuffer FirstMoment { get; } = new(trains ? length : 0);

    public FloatBuffer SecondMoment { get; } = new(trains ? length : 0);

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

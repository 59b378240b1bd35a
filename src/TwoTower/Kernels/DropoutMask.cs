using TwoTower.Model;

namespace TwoTower.Kernels;

/// <summary>Which hidden units are off in a step, as a pure function of the counter.</summary>
/// <param name="Key">Of the step and tower.</param>
/// <param name="Threshold">A unit whose draw is below it is off; 0 switches dropout off.</param>
/// <param name="Scale">1 / (1 - share), multiplies the units that stay.</param>
internal readonly record struct DropoutMask(ulong Key, uint Threshold, float Scale)
{
    public static DropoutMask None { get; } = new(0, 0, 1);

    public static DropoutMask Create(ulong key, double share) =>
        share > 0 ? new(key, CounterRandom.Threshold(share), (float)(1 / (1 - share))) : None;
}

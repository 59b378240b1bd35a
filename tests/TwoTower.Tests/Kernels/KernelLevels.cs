using TwoTower.Kernels;

namespace TwoTower.Tests.Kernels;

/// <summary>The forms of the kernels that this processor can run.</summary>
public static class KernelLevels
{
    public static TheoryData<string> Names => [.. Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best).Select(level => level.ToString())];

    internal static SimdLevel Parse(string name) => Enum.Parse<SimdLevel>(name);
}

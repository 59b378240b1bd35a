using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>Which form of the kernels runs. Each level rounds a little differently; within one level results are exact copies of each other.</summary>
internal enum SimdLevel
{
    /// <summary>128-bit vectors and plain loops, on any processor.</summary>
    Portable,

    /// <summary>256-bit vectors with fused multiply-add.</summary>
    Avx2,

    /// <summary>512-bit vectors.</summary>
    Avx512,
}

internal static class Simd
{
    /// <summary>The widest level that this processor runs at full speed.</summary>
    public static readonly SimdLevel Best =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? SimdLevel.Avx512
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? SimdLevel.Avx2
        : SimdLevel.Portable;
}

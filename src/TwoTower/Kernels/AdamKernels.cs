using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TwoTower.Kernels;

/// <summary>AdamW: m and v are updated, then w × keep - rate × m / (sqrt(v) × correction + epsilon).</summary>
/// <remarks>Kingma and Ba, 2015; decoupled decay after Loshchilov and Hutter, 2019.</remarks>
internal static unsafe class AdamKernels
{
    /// <summary>Updates <paramref name="count"/> weights and their moments in place.</summary>
    /// <returns>Sum of the squared gradients, before scale and penalty.</returns>
    public static double Update(SimdLevel level, in AdamStep step, float* gradient, float* weight, float* first, float* second, int count)
    {
        var (norm, k) = (0.0, 0);
        if (level == SimdLevel.Avx512)
        {
            for (; k + 16 <= count; k += 16)
                norm += Vector512.Sum(Update16(step, Vector512.Load(gradient + k), weight + k, first + k, second + k));
        }
        else if (level == SimdLevel.Avx2)
        {
            for (; k + 8 <= count; k += 8)
                norm += Update8(step, Vector256.Load(gradient + k), weight + k, first + k, second + k);
        }

        for (; k < count; k++)
            norm += UpdateOne(step, gradient[k], ref weight[k], ref first[k], ref second[k]);
        return norm;
    }

    /// <summary>The plain form.</summary>
    public static double UpdateOne(in AdamStep step, float gradient, ref float weight, ref float first, ref float second)
    {
        var scaled = MathF.FusedMultiplyAdd(weight, step.L2Penalty, gradient * step.GradientScale);
        first = MathF.FusedMultiplyAdd(first, step.Beta1, scaled * (1 - step.Beta1));
        second = MathF.FusedMultiplyAdd(second, step.Beta2, scaled * scaled * (1 - step.Beta2));
        weight = (weight * step.Keep) - (step.Rate * first / MathF.FusedMultiplyAdd(MathF.Sqrt(second), step.RootCorrection, step.Epsilon));
        return gradient * gradient;
    }

    /// <summary>Updates 16 weights; returns the squared gradients.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Update16(in AdamStep step, Vector512<float> gradient, float* weight, float* first, float* second)
    {
        var w = Vector512.Load(weight);
        var scaled = Vector512.FusedMultiplyAdd(w, Vector512.Create(step.L2Penalty), gradient * step.GradientScale);
        var m = Vector512.FusedMultiplyAdd(Vector512.Load(first), Vector512.Create(step.Beta1), scaled * (1 - step.Beta1));
        var v = Vector512.FusedMultiplyAdd(Vector512.Load(second), Vector512.Create(step.Beta2), scaled * scaled * (1 - step.Beta2));
        m.Store(first);
        v.Store(second);
        var root = Vector512.FusedMultiplyAdd(Vector512.Sqrt(v), Vector512.Create(step.RootCorrection), Vector512.Create(step.Epsilon));
        ((w * step.Keep) - (m * step.Rate / root)).Store(weight);
        return gradient * gradient;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Update8(in AdamStep step, Vector256<float> gradient, float* weight, float* first, float* second)
    {
        var w = Vector256.Load(weight);
        var scaled = Vector256.FusedMultiplyAdd(w, Vector256.Create(step.L2Penalty), gradient * step.GradientScale);
        var m = Vector256.FusedMultiplyAdd(Vector256.Load(first), Vector256.Create(step.Beta1), scaled * (1 - step.Beta1));
        var v = Vector256.FusedMultiplyAdd(Vector256.Load(second), Vector256.Create(step.Beta2), scaled * scaled * (1 - step.Beta2));
        m.Store(first);
        v.Store(second);
        var root = Vector256.FusedMultiplyAdd(Vector256.Sqrt(v), Vector256.Create(step.RootCorrection), Vector256.Create(step.Epsilon));
        ((w * step.Keep) - (m * step.Rate / root)).Store(weight);
        return Vector256.Sum(gradient * gradient);
    }
}

using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TwoTower.Model;

namespace TwoTower.Kernels;

/// <summary>Element-wise steps of a tower, forward and backward.</summary>
internal static unsafe class ActivationKernels
{
    /// <summary>row = dropout(relu(row + bias)).</summary>
    /// <param name="level">Form of the kernel; all give the same bits.</param>
    /// <param name="row">[count], in place.</param>
    /// <param name="bias">[count].</param>
    /// <param name="count">Hidden units.</param>
    /// <param name="mask">Units that are off.</param>
    /// <param name="counter">Of the row's first unit.</param>
    public static void Relu(SimdLevel level, float* row, float* bias, int count, DropoutMask mask, uint counter)
    {
        var k = 0;
        if (level == SimdLevel.Avx512)
            k = ReluAvx512(row, bias, count, mask, counter);
        else if (mask.Threshold == 0)
            k = ReluWithoutDropout(new Span<float>(row, count), new ReadOnlySpan<float>(bias, count), mask.Scale);
        for (; k < count; k++)
        {
            var unit = Math.Max(row[k] + bias[k], 0) * mask.Scale;
            row[k] = mask.Threshold > 0 && CounterRandom.Draw(mask.Key, counter + (uint)k) < mask.Threshold ? 0 : unit;
        }
    }

    /// <summary>gradient = gradient × scale where the unit was on, else 0; and sums += gradient.</summary>
    public static void ReluBackward(float* units, float* gradient, float* sums, int count, float scale)
    {
        var k = 0;
        for (; k + Vector<float>.Count <= count; k += Vector<float>.Count)
        {
            var on = Vector.GreaterThan(Vector.Load(units + k), Vector<float>.Zero);
            var g = Vector.ConditionalSelect(on, Vector.Load(gradient + k) * scale, Vector<float>.Zero);
            g.Store(gradient + k);
            (Vector.Load(sums + k) + g).Store(sums + k);
        }

        for (; k < count; k++)
        {
            gradient[k] = units[k] > 0 ? gradient[k] * scale : 0;
            sums[k] += gradient[k];
        }
    }

    /// <summary>row = row / max(‖row‖, epsilon).</summary>
    /// <returns>‖row‖.</returns>
    public static float Normalise(float* row, int count)
    {
        var values = new Span<float>(row, count);
        var norm = MathF.Sqrt(TensorPrimitives.Dot<float>(values, values));
        TensorPrimitives.Multiply(values, 1 / Math.Max(norm, Tower.NormEpsilon), values);
        return norm;
    }

    /// <summary>Gradient of <see cref="Normalise"/>: gradient = (gradient - unit × (unit · gradient)) / norm; 0 where the norm is below epsilon.</summary>
    public static void NormaliseBackward(float* unit, float norm, float* gradient, int count)
    {
        var u = new ReadOnlySpan<float>(unit, count);
        var g = new Span<float>(gradient, count);
        if (norm <= Tower.NormEpsilon)
        {
            g.Clear();
            return;
        }

        TensorPrimitives.MultiplyAdd(u, -TensorPrimitives.Dot(u, g), g, g);
        TensorPrimitives.Multiply(g, 1 / norm, g);
    }

    private static int ReluWithoutDropout(Span<float> row, ReadOnlySpan<float> bias, float scale)
    {
        TensorPrimitives.Add(row, bias, row);
        TensorPrimitives.Max(row, 0, row);
        TensorPrimitives.Multiply(row, scale, row);
        return row.Length;
    }

    private static int ReluAvx512(float* row, float* bias, int count, DropoutMask mask, uint counter)
    {
        var k = 0;
        var (scale, threshold) = (Vector512.Create(mask.Scale), Vector512.Create(mask.Threshold));
        for (; k + 16 <= count; k += 16)
        {
            var unit = Vector512.Max(Vector512.Load(row + k) + Vector512.Load(bias + k), Vector512<float>.Zero) * scale;
            if (mask.Threshold > 0)
            {
                var on = Vector512.GreaterThanOrEqual(Draw(mask.Key, Vector512.Create(counter + (uint)k) + Vector512<uint>.Indices), threshold);
                unit = Vector512.ConditionalSelect(on.AsSingle(), unit, Vector512<float>.Zero);
            }

            unit.Store(row + k);
        }

        return k;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Draw(ulong key, Vector512<uint> counter)
    {
        var x = (counter * 0x9E3779B9u) ^ Vector512.Create((uint)key);
        x = (x ^ (x >>> 16)) * 0x85EBCA6Bu;
        x = (x ^ (x >>> 13)) * 0xC2B2AE35u;
        x = (x ^ (x >>> 16)) + Vector512.Create((uint)(key >> 32));
        x = (x ^ (x >>> 15)) * 0x2C1B3C6Du;
        return x ^ (x >>> 16);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TwoTower.Kernels;

/// <summary>Weighted sums of rows, 64 columns at a time: the sparse first layer, forward (rows of weights) and backward (rows of gradients).</summary>
internal static unsafe class BagKernels
{
    /// <summary>target = Σ values[k] × table[indices[k]].</summary>
    /// <param name="level">Form of the kernel.</param>
    /// <param name="indices">Row numbers, each <paramref name="step"/> after the last.</param>
    /// <param name="values">Factors, likewise.</param>
    /// <param name="step">1, or 2 where numbers and factors lie in turn.</param>
    /// <param name="count">Rows to sum.</param>
    /// <param name="table">Row-major, 64 columns of it are summed.</param>
    /// <param name="stride">From one row of the table to the next.</param>
    /// <param name="target">[64], overwritten.</param>
    public static void Sum(SimdLevel level, int* indices, float* values, int step, int count, float* table, long stride, float* target)
    {
        if (level == SimdLevel.Avx512)
            SumAvx512(indices, values, step, count, table, stride, target);
        else if (level == SimdLevel.Avx2)
            SumAvx2(indices, values, step, count, table, stride, target);
        else
            SumPortable(indices, values, step, count, table, stride, target);
    }

    /// <summary>16 columns at a time in 128-bit vectors, which every processor has.</summary>
    private static void SumPortable(int* indices, float* values, int step, int count, float* table, long stride, float* target)
    {
        for (var column = 0; column < Slabs.Width; column += 16)
        {
            var (a, b, c, d) = (Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero);
            for (var k = 0; k < count; k++)
            {
                var row = table + column + (indices[k * step] * stride);
                var v = Vector128.Create(values[k * step]);
                a += v * Vector128.Load(row);
                b += v * Vector128.Load(row + 4);
                c += v * Vector128.Load(row + 8);
                d += v * Vector128.Load(row + 12);
            }

            a.Store(target + column);
            b.Store(target + column + 4);
            c.Store(target + column + 8);
            d.Store(target + column + 12);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumAvx512(int* indices, float* values, int step, int count, float* table, long stride, float* target)
    {
        var (a0, a1, a2, a3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (b0, b1, b2, b3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var k = 0;
        for (; k + 2 <= count; k += 2)
        {
            var even = table + (*indices * stride);
            var odd = table + (indices[step] * stride);
            var (v, w) = (Vector512.Create(*values), Vector512.Create(values[step]));
            indices += 2 * step;
            values += 2 * step;
            a0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even), a0);
            a1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even + 16), a1);
            a2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even + 32), a2);
            a3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even + 48), a3);
            b0 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd), b0);
            b1 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd + 16), b1);
            b2 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd + 32), b2);
            b3 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd + 48), b3);
        }

        if (k < count)
        {
            var last = table + (*indices * stride);
            var v = Vector512.Create(*values);
            a0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(last), a0);
            a1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(last + 16), a1);
            a2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(last + 32), a2);
            a3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(last + 48), a3);
        }

        (a0 + b0).Store(target);
        (a1 + b1).Store(target + 16);
        (a2 + b2).Store(target + 32);
        (a3 + b3).Store(target + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumAvx2(int* indices, float* values, int step, int count, float* table, long stride, float* target)
    {
        var (a0, a1, a2, a3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var (a4, a5, a6, a7) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (var k = 0; k < count; k++)
        {
            var row = table + ((long)indices[k * step] * stride);
            var v = Vector256.Create(values[k * step]);
            a0 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row), a0);
            a1 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 8), a1);
            a2 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 16), a2);
            a3 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 24), a3);
            a4 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 32), a4);
            a5 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 40), a5);
            a6 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 48), a6);
            a7 = Vector256.FusedMultiplyAdd(v, Vector256.Load(row + 56), a7);
        }

        a0.Store(target);
        a1.Store(target + 8);
        a2.Store(target + 16);
        a3.Store(target + 24);
        a4.Store(target + 32);
        a5.Store(target + 40);
        a6.Store(target + 48);
        a7.Store(target + 56);
    }
}

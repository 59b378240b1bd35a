using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>Exponentials of a row of logits.</summary>
internal static unsafe class SoftmaxKernels
{
    private const float Log2E = 1.44269504f;

    // ln 2 in two parts, so that x - n × ln 2 keeps its digits.
    private const float Ln2High = 0.693359375f;
    private const float Ln2Low = -2.12194440e-4f;
    private const float Least = -87f;

    private const float LeastExp = 1.6458e-38f;

    /// <summary>Values worked on at a time, so that they stay in the first-level cache.</summary>
    private const int Chunk = 64;

    /// <summary>row[j] = exp(row[j] - shift), 0 below e^-87; relative error under 1e-6.</summary>
    /// <returns>The sum of the results.</returns>
    public static double ExpSum(SimdLevel level, float* row, int count, float shift)
    {
        var (sum, k) = (0.0, 0);
        if (level == SimdLevel.Avx512)
            (sum, k) = ExpSumAvx512(row, count, shift);
        for (; k < count; k += Chunk)
            sum += ExpSumChunk(new Span<float>(row + k, Math.Min(Chunk, count - k)), shift);
        return sum;
    }

    /// <summary>The largest value; -infinity when there is none.</summary>
    public static float Max(float* row, int count) =>
        count == 0 ? float.NegativeInfinity : TensorPrimitives.Max(new ReadOnlySpan<float>(row, count));

    private static double ExpSumChunk(Span<float> row, float shift)
    {
        TensorPrimitives.Subtract(row, shift, row);
        TensorPrimitives.Exp(row, row);
        foreach (ref var value in row)
            value = value < LeastExp ? 0 : value; // what is too small to be a normal number would slow down the matrix products
        return TensorPrimitives.Sum<float>(row);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (double Sum, int Done) ExpSumAvx512(float* row, int count, float shift)
    {
        var k = 0;
        var (sum, offset) = (Vector512<float>.Zero, Vector512.Create(shift));
        for (; k + 16 <= count; k += 16)
        {
            var e = Exp(Vector512.Load(row + k) - offset);
            e.Store(row + k);
            sum += e;
        }

        return (Vector512.Sum(sum), k);
    }

    // Cody and Waite reduction to |r| ≤ ln 2 / 2, then the minimax polynomial of Cephes' expf.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exp(Vector512<float> x)
    {
        var keep = Vector512.GreaterThanOrEqual(x, Vector512.Create(Least));
        var n = Vector512.Round(x * Log2E);
        var r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2High), x);
        r = Vector512.FusedMultiplyAdd(n, Vector512.Create(-Ln2Low), r);
        var p = Vector512.Create(1.9875691500e-4f);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.3981999507e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(8.3334519073e-3f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(4.1665795894e-2f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.6666665459e-1f));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(5.0000001201e-1f));
        p = Vector512.FusedMultiplyAdd(p, r * r, r + Vector512<float>.One);
        return Vector512.ConditionalSelect(keep, Avx512F.Scale(p, n), Vector512<float>.Zero);
    }
}

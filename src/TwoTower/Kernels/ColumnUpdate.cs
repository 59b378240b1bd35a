using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>
/// First layer, backward: each input column's gradient is summed over the rows that use the column and goes straight into Adam.
/// </summary>
internal unsafe struct ColumnUpdate
{
    /// <summary>Distance of the weights that are brought closer, 12 columns.</summary>
    private const int Ahead = 12 * Slabs.Width;

    /// <summary>[columns + 1]; pairs of column c lie in [Offsets[c], Offsets[c + 1]).</summary>
    public int* Offsets;

    /// <summary>Row of the first pair; row and value of the pairs lie in turn.</summary>
    public int* Rows;

    /// <summary>Feature value of the first pair.</summary>
    public float* Values;

    /// <summary>Row-major [rows, 64]: gradient of the layer's output, one slab.</summary>
    public float* Gradient;

    /// <summary>Row-major [columns, 64], one slab.</summary>
    public float* Weight;
    public float* FirstMoment;
    public float* SecondMoment;

    /// <summary>Updates columns [first, last).</summary>
    /// <returns>Sum of the squared gradients.</returns>
    public readonly double Run(SimdLevel level, in AdamStep step, int first, int last) =>
        level == SimdLevel.Avx512 ? RunAvx512(step, first, last) : RunPlain(level, step, first, last);

    private readonly double RunPlain(SimdLevel level, in AdamStep step, int first, int last)
    {
        var squares = 0.0;
        var sum = stackalloc float[Slabs.Width];
        for (var column = first; column < last; column++)
        {
            var (start, place) = (Offsets[column], (long)column * Slabs.Width);
            BagKernels.Sum(level, Rows + (2L * start), Values + (2L * start), 2, Offsets[column + 1] - start, Gradient, Slabs.Width, sum);
            squares += AdamKernels.Update(level, step, sum, Weight + place, FirstMoment + place, SecondMoment + place, Slabs.Width);
        }

        return squares;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double RunAvx512(in AdamStep step, int first, int last)
    {
        var squares = 0.0;
        for (var column = first; column < last; column++)
        {
            var (a0, a1, a2, a3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            var (b0, b1, b2, b3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
            var (k, end) = (Offsets[column], Offsets[column + 1]);
            var rows = Rows + (2L * k);
            var values = Values + (2L * k);
            for (; k + 2 <= end; k += 2)
            {
                var even = Gradient + ((long)rows[0] * Slabs.Width);
                var odd = Gradient + ((long)rows[2] * Slabs.Width);
                var (v, w) = (Vector512.Create(values[0]), Vector512.Create(values[2]));
                rows += 4;
                values += 4;
                a0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even), a0);
                a1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even + 16), a1);
                a2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even + 32), a2);
                a3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(even + 48), a3);
                b0 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd), b0);
                b1 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd + 16), b1);
                b2 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd + 32), b2);
                b3 = Vector512.FusedMultiplyAdd(w, Vector512.Load(odd + 48), b3);
            }

            if (k < end)
            {
                var row = Gradient + ((long)rows[0] * Slabs.Width);
                var v = Vector512.Create(values[0]);
                a0 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row), a0);
                a1 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 16), a1);
                a2 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 32), a2);
                a3 = Vector512.FusedMultiplyAdd(v, Vector512.Load(row + 48), a3);
            }

            var place = (long)column * Slabs.Width;
            var weight = Weight + place;
            var moment = FirstMoment + place;
            var square = SecondMoment + place;
            Prefetch(weight + Ahead);
            Prefetch(moment + Ahead);
            Prefetch(square + Ahead);
            var sum = AdamKernels.Update16(step, a0 + b0, weight, moment, square);
            sum += AdamKernels.Update16(step, a1 + b1, weight + 16, moment + 16, square + 16);
            sum += AdamKernels.Update16(step, a2 + b2, weight + 32, moment + 32, square + 32);
            sum += AdamKernels.Update16(step, a3 + b3, weight + 48, moment + 48, square + 48);
            squares += Vector512.Sum(sum);
        }

        return squares;
    }

    /// <summary>Brings a row of weights closer while the columns before it are worked on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* row)
    {
        Sse.Prefetch0(row);
        Sse.Prefetch0(row + 16);
        Sse.Prefetch0(row + 32);
        Sse.Prefetch0(row + 48);
    }
}

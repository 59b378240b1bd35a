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

    /// <summary>Row-major [rows, 64]: gradient of the layer's output, one slab; null where <see cref="HalfGradient"/> is given.</summary>
    public float* Gradient;

    /// <summary>The same at half the width, [rows, 32] words.</summary>
    public int* HalfGradient;

    /// <summary>Row-major [columns, 64], one slab.</summary>
    public float* Weight;
    public float* FirstMoment;
    public float* SecondMoment;

    /// <summary>[columns, 32] words: the weights at half the width, kept up to date; null where there are none.</summary>
    public int* HalfWeight;

    /// <summary>Updates columns [first, last).</summary>
    /// <returns>Sum of the squared gradients.</returns>
    public readonly double Run(SimdLevel level, in AdamStep step, int first, int last) =>
        level == SimdLevel.Avx512 && HalfGradient != null ? RunAvx512(step, first, last) : RunPlain(level, step, first, last);

    /// <summary>Sums the gradient of one column.</summary>
    /// <param name="level">Form of the kernel.</param>
    /// <param name="column">In [0, columns).</param>
    /// <param name="sum">[64], overwritten.</param>
    public readonly void Sum(SimdLevel level, int column, float* sum)
    {
        var (start, count) = (Offsets[column], Offsets[column + 1] - Offsets[column]);
        var rows = Rows + (2L * start);
        var values = Values + (2L * start);
        if (HalfGradient != null)
            HalfRows.Sum(level, rows, values, 2, count, HalfGradient, sum);
        else
            BagKernels.Sum(level, rows, values, 2, count, Gradient, Slabs.Width, sum);
    }

    /// <summary>Brings one column of <see cref="HalfWeight"/> up to date.</summary>
    public readonly void PackWeight(SimdLevel level, int column)
    {
        if (HalfWeight != null)
            HalfRows.Pack(level, Weight + ((long)column * Slabs.Width), HalfWeight + ((long)column * HalfRows.Words));
    }

    private readonly double RunPlain(SimdLevel level, in AdamStep step, int first, int last)
    {
        var squares = 0.0;
        var sum = stackalloc float[Slabs.Width];
        for (var column = first; column < last; column++)
        {
            var place = (long)column * Slabs.Width;
            Sum(level, column, sum);
            squares += AdamKernels.Update(level, step, sum, Weight + place, FirstMoment + place, SecondMoment + place, Slabs.Width);
            PackWeight(level, column);
        }

        return squares;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly double RunAvx512(in AdamStep step, int first, int last)
    {
        var squares = 0.0;
        for (var column = first; column < last; column++)
        {
            var start = Offsets[column];
            var gradient = HalfSum512.Over(Rows + (2L * start), Values + (2L * start), 2, Offsets[column + 1] - start, HalfGradient);
            var place = (long)column * Slabs.Width;
            var weight = Weight + place;
            var moment = FirstMoment + place;
            var square = SecondMoment + place;
            Prefetch(weight + Ahead);
            Prefetch(moment + Ahead);
            Prefetch(square + Ahead);
            var sum = AdamKernels.Update16(step, gradient.First, weight, moment, square);
            sum += AdamKernels.Update16(step, gradient.Second, weight + 16, moment + 16, square + 16);
            sum += AdamKernels.Update16(step, gradient.Third, weight + 32, moment + 32, square + 32);
            sum += AdamKernels.Update16(step, gradient.Fourth, weight + 48, moment + 48, square + 48);
            HalfRows.Pack(SimdLevel.Avx512, weight, HalfWeight + ((long)column * HalfRows.Words));
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

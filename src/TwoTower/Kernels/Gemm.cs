using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TwoTower.Kernels;

/// <summary>Dense matrix product of one thread: C = A·B (+ bias or + C).</summary>
internal static unsafe class Gemm
{
    /// <summary>Rows of the inner dimension between two visits of the same tile of C: a panel of B stays in the first-level cache.</summary>
    public const int InnerBlock = 256;

    /// <summary>Rows of a transposed A that are copied at a time.</summary>
    private const int MostPacked = 64;

    /// <summary>C[m, n] = A[m, k]·B[k, n], started from bias, from C itself, or from 0.</summary>
    /// <param name="level">Form of the kernel.</param>
    /// <param name="rows">m.</param>
    /// <param name="a">Element (i, p) at a[i × rowStride + p × innerStride].</param>
    /// <param name="rowStride">See <paramref name="a"/>.</param>
    /// <param name="innerStride">See <paramref name="a"/>.</param>
    /// <param name="b">Packed; tells k and n.</param>
    /// <param name="c">Row-major, rows <paramref name="cStride"/> apart.</param>
    /// <param name="cStride">At least n.</param>
    /// <param name="bias">[n], added to every row; may be null.</param>
    /// <param name="accumulate">Adds to what C holds; then <paramref name="bias"/> is not used.</param>
    [SkipLocalsInit]
    public static void Multiply(
        SimdLevel level, int rows, float* a, long rowStride, long innerStride, PackedPanels b,
        float* c, long cStride, float* bias = null, bool accumulate = false)
    {
        if (!accumulate)
            Start(rows, b.Columns, c, cStride, bias);
        var gathers = rowStride == 1 && innerStride > MostPacked;
        var packed = stackalloc float[gathers ? MostPacked * InnerBlock : 0];
        for (var inner = 0; inner < b.Inner; inner += InnerBlock)
        {
            var depth = Math.Min(InnerBlock, b.Inner - inner);
            var left = a + (inner * innerStride);
            for (int first = 0, count; first < rows; first += count)
            {
                count = gathers ? Math.Min(MostPacked, rows - first) : rows;
                var tile = new GemmTile { Depth = depth, A = left + (first * rowStride), RowStride = rowStride, InnerStride = innerStride };
                if (gathers)
                    tile = Gather(tile, count, packed);
                MultiplyPanels(level, count, tile, b, inner, c + (first * cStride), cStride);
            }
        }
    }

    private static void MultiplyPanels(SimdLevel level, int rows, GemmTile tile, PackedPanels b, int inner, float* c, long cStride)
    {
        for (var panel = 0; panel < b.Panels; panel++)
        {
            tile.B = b.Panel(panel) + ((long)inner * PackedPanels.Width);
            tile.C = c + (panel * PackedPanels.Width);
            tile.CStride = cStride;
            tile.Columns = Math.Min(PackedPanels.Width, b.Columns - (panel * PackedPanels.Width));
            MultiplyPanel(level, rows, tile);
        }
    }

    /// <summary>Copies a block of a transposed A close together; where it lies, every step of the inner dimension is on another page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static GemmTile Gather(GemmTile tile, int rows, float* packed)
    {
        var k = 0;
        if (rows == MostPacked && Vector512.IsHardwareAccelerated)
        {
            for (var source = tile.A; k < tile.Depth; k++, source += tile.InnerStride)
            {
                var target = packed + (k * MostPacked);
                Vector512.Load(source).Store(target);
                Vector512.Load(source + 16).Store(target + 16);
                Vector512.Load(source + 32).Store(target + 32);
                Vector512.Load(source + 48).Store(target + 48);
            }
        }

        for (; k < tile.Depth; k++)
            new ReadOnlySpan<float>(tile.A + (k * tile.InnerStride), rows).CopyTo(new Span<float>(packed + (k * MostPacked), rows));
        return tile with { A = packed, InnerStride = MostPacked };
    }

    private static void MultiplyPanel(SimdLevel level, int rows, GemmTile tile)
    {
        var done = 0;
        if (tile.Columns == PackedPanels.Width && level == SimdLevel.Avx512)
        {
            for (; done + 8 <= rows; done += 8)
                GemmKernels.Avx512(tile.Down(done));
        }
        else if (tile.Columns == PackedPanels.Width && level == SimdLevel.Avx2)
        {
            for (; done + 6 <= rows; done += 6)
                GemmKernels.Avx2(tile.Down(done));
        }
        else if (tile.Columns == PackedPanels.Width)
        {
            for (; done + GemmPortable.Rows <= rows; done += GemmPortable.Rows)
                GemmPortable.Multiply(tile.Down(done));
        }

        for (; done < rows; done++)
            GemmKernels.Row(level, tile.Down(done));
    }

    private static void Start(int rows, int columns, float* c, long cStride, float* bias)
    {
        for (var i = 0; i < rows; i++)
        {
            var row = new Span<float>(c + (i * cStride), columns);
            if (bias == null)
                row.Clear();
            else
                new ReadOnlySpan<float>(bias, columns).CopyTo(row);
        }
    }
}

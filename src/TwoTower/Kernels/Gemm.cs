using System.Runtime.CompilerServices;

namespace TwoTower.Kernels;

/// <summary>Dense matrix product of one thread: C = A·B (+ bias or + C).</summary>
internal static unsafe class Gemm
{
    /// <summary>Rows of the inner dimension between two visits of a tile of C: a panel of B stays in the first-level cache.</summary>
    public const int InnerBlock = 256;

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
        var gathers = rowStride == 1 && innerStride > GatheredRows.Most;
        var packed = stackalloc float[gathers ? GatheredRows.Length(InnerBlock) : 0];
        var inner = 0;
        do
        {
            for (int first = 0, count; first < rows; first += count)
            {
                count = gathers ? Math.Min(GatheredRows.Most, rows - first) : rows;
                var (height, target, adds) = (GemmKernels.Height(level), first * cStride, accumulate || inner > 0);
                var tile = new GemmTile
                {
                    Depth = Math.Min(InnerBlock, b.Inner - inner),
                    Height = height,
                    A = a + (inner * innerStride) + (first * rowStride),
                    RowStride = rowStride,
                    InnerStride = innerStride,
                    TileStride = height * rowStride,
                    C = c + target,
                    CStride = cStride,
                    Start = adds ? c + target : bias,
                    StartStride = adds ? cStride : 0,
                };
                if (gathers)
                    tile = GatheredRows.Copy(tile, count, packed);
                for (var panel = 0; panel < b.Panels; panel++)
                {
                    if (gathers)
                        GatheredRows.FetchNext(a + first, innerStride, count, inner, b, panel);
                    MultiplyPanel(level, count, tile, b, panel, inner);
                }
            }

            inner += InnerBlock;
        }
        while (inner < b.Inner);
    }

    private static void MultiplyPanel(SimdLevel level, int rows, GemmTile tile, PackedPanels b, int panel, int inner)
    {
        var column = panel * PackedPanels.Width;
        var columns = Math.Min(PackedPanels.Width, b.Columns - column);
        tile.B = b.Panel(panel) + ((long)inner * PackedPanels.Width);
        tile.C += column;
        tile.Start = tile.Start == null ? GemmKernels.Zeros.Pointer : tile.Start + column;
        var tiles = columns == PackedPanels.Width ? rows / tile.Height : 0;
        GemmKernels.Multiply(level, tile, tiles);
        for (var t = tiles; t * tile.Height < rows; t++)
            GemmKernels.MultiplyEdge(level, tile.At(t), Math.Min(tile.Height, rows - (t * tile.Height)), columns);
    }
}

using System.Runtime.CompilerServices;

namespace TwoTower.Kernels;

/// <summary>Dense matrix product of one thread: C = A·B (+ bias or + C).</summary>
internal static unsafe class Gemm
{
    /// <summary>Rows of the inner dimension between two visits of a tile of C: a panel of B stays in the first-level cache.</summary>
    public const int InnerBlock = 256;

    private static readonly FloatBuffer Zeros = new(PackedPanels.Width);

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
            var tile = new GemmTile
            {
                Depth = Math.Min(InnerBlock, b.Inner - inner),
                Height = GemmKernels.Height(level),
                RowStride = rowStride,
                InnerStride = innerStride,
                CStride = cStride,
                StartStride = accumulate || inner > 0 ? cStride : 0,
            };
            for (int first = 0, count; first < rows; first += count)
            {
                count = gathers ? Math.Min(GatheredRows.Most, rows - first) : rows;
                tile.A = a + (inner * innerStride) + (first * rowStride);
                tile.TileStride = tile.Height * rowStride;
                tile.C = c + (first * cStride);
                tile.Start = accumulate || inner > 0 ? tile.C : bias;
                MultiplyPanels(level, count, gathers ? GatheredRows.Copy(tile, count, packed) : tile, b, inner);
            }

            inner += InnerBlock;
        }
        while (inner < b.Inner);
    }

    private static void MultiplyPanels(SimdLevel level, int rows, GemmTile whole, PackedPanels b, int inner)
    {
        for (var panel = 0; panel < b.Panels; panel++)
        {
            var (tile, column) = (whole, panel * PackedPanels.Width);
            tile.B = b.Panel(panel) + ((long)inner * PackedPanels.Width);
            tile.C += column;
            tile.Start = tile.Start == null ? Zeros.Pointer : tile.Start + column;
            tile.Columns = Math.Min(PackedPanels.Width, b.Columns - column);
            var tiles = tile.Columns == PackedPanels.Width ? rows / tile.Height : 0;
            for (var t = 0; t < tiles; t++)
                GemmKernels.Multiply(level, tile.At(t, 0));
            for (var row = tiles * tile.Height; row < rows; row++)
                GemmKernels.Row(level, tile.At(row / tile.Height, row % tile.Height));
        }
    }
}

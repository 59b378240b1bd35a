using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>Copies a block of a transposed A close together, tile by tile.</summary>
/// <remarks>Where it lies, every step of the inner dimension is on another page.</remarks>
internal static unsafe class GatheredRows
{
    /// <summary>Rows copied at a time: whole tiles of every height.</summary>
    public const int Most = 96;

    /// <summary>Steps of the inner dimension that the processor is told of beforehand.</summary>
    private const int Ahead = 8;

    /// <summary>Room for the copy of a block.</summary>
    public static int Length(int depth) => (Most * depth) + (Most / 4 * 16);

    /// <param name="tile">Height, depth and place of the first row; its RowStride is 1.</param>
    /// <param name="rows">At most <see cref="Most"/>.</param>
    /// <param name="packed">Overwritten: element (i, p) of tile t at [(t × depth + p) × height + i].</param>
    /// <returns>The same rows where they lie now.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static GemmTile Copy(GemmTile tile, int rows, float* packed)
    {
        var (height, size) = (tile.Height, ((long)tile.Height * tile.Depth) + 16);
        for (var p = 0; p < tile.Depth; p++)
        {
            var source = tile.A + (p * tile.InnerStride);
            if (Sse.IsSupported && p + Ahead < tile.Depth)
            {
                for (var i = 0; i < rows; i += 16)
                    Sse.Prefetch0(source + (Ahead * tile.InnerStride) + i);
            }

            var target = packed + (p * height);
            var row = 0;
            for (; row + height <= rows; row += height, target += size)
                CopyTile(source + row, target, height);
            for (var i = row; i < rows; i++)
                target[i - row] = source[i];
        }

        return tile with { A = packed, InnerStride = height, TileStride = size };
    }

    /// <summary>Brings a panel's share of the next block closer, while this one is multiplied with that panel.</summary>
    /// <param name="a">First of the rows.</param>
    /// <param name="stride">Between steps of the inner dimension.</param>
    /// <param name="rows">At most <see cref="Most"/>.</param>
    /// <param name="inner">Start of this block.</param>
    /// <param name="b">The other matrix.</param>
    /// <param name="panel">In [0, panels).</param>
    public static void FetchNext(float* a, long stride, int rows, int inner, PackedPanels b, int panel)
    {
        var share = (Gemm.InnerBlock + b.Panels - 1) / b.Panels;
        var first = inner + Gemm.InnerBlock + (panel * share);
        for (var p = first; p < Math.Min(first + share, b.Inner) && Sse.IsSupported; p++)
        {
            for (var i = 0; i < rows; i += 16)
                Sse.Prefetch1(a + (p * stride) + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void CopyTile(float* source, float* target, int height)
    {
        if (height == 8)
        {
            Vector256.Load(source).Store(target);
            return;
        }

        Vector128.Load(source).Store(target);
        for (var i = 4; i < height; i++)
            target[i] = source[i];
    }
}

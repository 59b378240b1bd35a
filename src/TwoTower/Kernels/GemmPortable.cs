using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TwoTower.Kernels;

/// <summary>Inner loop of the matrix product in 128-bit vectors, which every processor has; without fused multiply-add, which not every one has.</summary>
internal static unsafe class GemmPortable
{
    /// <summary>Rows of A in one tile.</summary>
    public const int Height = 4;

    /// <summary>4 rows against a whole panel, 8 columns at a time.</summary>
    public static void Multiply(in GemmTile tile)
    {
        for (var column = 0; column < PackedPanels.Width; column += 8)
            Multiply(tile, column);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply(in GemmTile tile, int column)
    {
        var b = tile.B + column;
        var (r, s) = (tile.RowStride, tile.InnerStride);
        var p0 = tile.A;
        var (x0, y0) = (Vector128<float>.Zero, Vector128<float>.Zero);
        var p1 = tile.A + r;
        var (x1, y1) = (Vector128<float>.Zero, Vector128<float>.Zero);
        var p2 = tile.A + (2 * r);
        var (x2, y2) = (Vector128<float>.Zero, Vector128<float>.Zero);
        var p3 = tile.A + (3 * r);
        var (x3, y3) = (Vector128<float>.Zero, Vector128<float>.Zero);
        for (long k = 0, end = tile.Depth * s; k != end; k += s, b += PackedPanels.Width)
        {
            var (b0, b1) = (Vector128.Load(b), Vector128.Load(b + 4));
            var v0 = Vector128.Create(p0[k]);
            x0 += v0 * b0;
            y0 += v0 * b1;
            var v1 = Vector128.Create(p1[k]);
            x1 += v1 * b0;
            y1 += v1 * b1;
            var v2 = Vector128.Create(p2[k]);
            x2 += v2 * b0;
            y2 += v2 * b1;
            var v3 = Vector128.Create(p3[k]);
            x3 += v3 * b0;
            y3 += v3 * b1;
        }

        var c = tile.C + column;
        var start = tile.Start + column;
        var (stride, startStride) = (tile.CStride, tile.StartStride);
        Store(c, start, x0, y0);
        Store(c + stride, start + startStride, x1, y1);
        Store(c + (2 * stride), start + (2 * startStride), x2, y2);
        Store(c + (3 * stride), start + (3 * startStride), x3, y3);
    }

    private static void Store(float* c, float* start, Vector128<float> x, Vector128<float> y)
    {
        (Vector128.Load(start) + x).Store(c);
        (Vector128.Load(start + 4) + y).Store(c + 4);
    }
}

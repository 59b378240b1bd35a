using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TwoTower.Kernels;

/// <summary>Inner loop of the matrix product in 256-bit vectors.</summary>
internal static unsafe class GemmAvx2
{
    /// <summary>Rows of A in one tile.</summary>
    public const int Height = 6;

    /// <summary>6 rows × 16 columns in twelve registers, for both halves of the panel.</summary>
    public static void Multiply(in GemmTile tile)
    {
        MultiplyHalf(tile, 0);
        MultiplyHalf(tile, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MultiplyHalf(in GemmTile tile, int column)
    {
        var a = tile.A;
        var b = tile.B + column;
        var (r, s) = (tile.RowStride, tile.InnerStride);
        var p0 = a + (0 * r);
        var (x0, y0) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var p1 = a + (1 * r);
        var (x1, y1) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var p2 = a + (2 * r);
        var (x2, y2) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var p3 = a + (3 * r);
        var (x3, y3) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var p4 = a + (4 * r);
        var (x4, y4) = (Vector256<float>.Zero, Vector256<float>.Zero);
        var p5 = a + (5 * r);
        var (x5, y5) = (Vector256<float>.Zero, Vector256<float>.Zero);
        for (long k = 0, end = tile.Depth * s; k != end; k += s, b += 32)
        {
            var (b0, b1) = (Vector256.Load(b), Vector256.Load(b + 8));
            var v0 = Vector256.Create(p0[k]);
            x0 = Vector256.FusedMultiplyAdd(v0, b0, x0);
            y0 = Vector256.FusedMultiplyAdd(v0, b1, y0);
            var v1 = Vector256.Create(p1[k]);
            x1 = Vector256.FusedMultiplyAdd(v1, b0, x1);
            y1 = Vector256.FusedMultiplyAdd(v1, b1, y1);
            var v2 = Vector256.Create(p2[k]);
            x2 = Vector256.FusedMultiplyAdd(v2, b0, x2);
            y2 = Vector256.FusedMultiplyAdd(v2, b1, y2);
            var v3 = Vector256.Create(p3[k]);
            x3 = Vector256.FusedMultiplyAdd(v3, b0, x3);
            y3 = Vector256.FusedMultiplyAdd(v3, b1, y3);
            var v4 = Vector256.Create(p4[k]);
            x4 = Vector256.FusedMultiplyAdd(v4, b0, x4);
            y4 = Vector256.FusedMultiplyAdd(v4, b1, y4);
            var v5 = Vector256.Create(p5[k]);
            x5 = Vector256.FusedMultiplyAdd(v5, b0, x5);
            y5 = Vector256.FusedMultiplyAdd(v5, b1, y5);
        }

        var c = tile.C + column;
        var start = tile.Start + column;
        var (stride, startStride) = (tile.CStride, tile.StartStride);
        Store(c + (0 * stride), start + (0 * startStride), x0, y0);
        Store(c + (1 * stride), start + (1 * startStride), x1, y1);
        Store(c + (2 * stride), start + (2 * startStride), x2, y2);
        Store(c + (3 * stride), start + (3 * startStride), x3, y3);
        Store(c + (4 * stride), start + (4 * startStride), x4, y4);
        Store(c + (5 * stride), start + (5 * startStride), x5, y5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, float* start, Vector256<float> x, Vector256<float> y)
    {
        (Vector256.Load(start) + x).Store(c);
        (Vector256.Load(start + 8) + y).Store(c + 8);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>Inner loop of the matrix product in 512-bit vectors.</summary>
internal static unsafe class GemmAvx512
{
    /// <summary>Rows of A in one tile.</summary>
    public const int Height = 8;

    /// <summary>8 rows × 32 columns in sixteen registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(in GemmTile tile, int tiles)
    {
        var (r, s, stride, startStride) = (tile.RowStride, tile.InnerStride, tile.CStride, tile.StartStride);
        var panel = tile.B;
        var a = tile.A;
        var c = tile.C;
        var start = tile.Start;
        var end = tile.Depth * s;
        for (; tiles > 0; tiles--, a += tile.TileStride, c += 8 * stride, start += 8 * startStride)
        {
            var b = panel;
            var p0 = a + (0 * r);
            var (x0, y0) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var p1 = a + (1 * r);
            var (x1, y1) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var p2 = a + (2 * r);
            var (x2, y2) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var p3 = a + (3 * r);
            var (x3, y3) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var p4 = a + (4 * r);
            var (x4, y4) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var p5 = a + (5 * r);
            var (x5, y5) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var p6 = a + (6 * r);
            var (x6, y6) = (Vector512<float>.Zero, Vector512<float>.Zero);
            var p7 = a + (7 * r);
            var (x7, y7) = (Vector512<float>.Zero, Vector512<float>.Zero);
            Prefetch(c + (0 * stride));
            Prefetch(c + (1 * stride));
            Prefetch(c + (2 * stride));
            Prefetch(c + (3 * stride));
            Prefetch(c + (4 * stride));
            Prefetch(c + (5 * stride));
            Prefetch(c + (6 * stride));
            Prefetch(c + (7 * stride));
            for (var k = 0L; k != end; k += s, b += 32)
            {
                var (b0, b1) = (Vector512.Load(b), Vector512.Load(b + 16));
                var v0 = Vector512.Create(p0[k]);
                x0 = Vector512.FusedMultiplyAdd(v0, b0, x0);
                y0 = Vector512.FusedMultiplyAdd(v0, b1, y0);
                var v1 = Vector512.Create(p1[k]);
                x1 = Vector512.FusedMultiplyAdd(v1, b0, x1);
                y1 = Vector512.FusedMultiplyAdd(v1, b1, y1);
                var v2 = Vector512.Create(p2[k]);
                x2 = Vector512.FusedMultiplyAdd(v2, b0, x2);
                y2 = Vector512.FusedMultiplyAdd(v2, b1, y2);
                var v3 = Vector512.Create(p3[k]);
                x3 = Vector512.FusedMultiplyAdd(v3, b0, x3);
                y3 = Vector512.FusedMultiplyAdd(v3, b1, y3);
                var v4 = Vector512.Create(p4[k]);
                x4 = Vector512.FusedMultiplyAdd(v4, b0, x4);
                y4 = Vector512.FusedMultiplyAdd(v4, b1, y4);
                var v5 = Vector512.Create(p5[k]);
                x5 = Vector512.FusedMultiplyAdd(v5, b0, x5);
                y5 = Vector512.FusedMultiplyAdd(v5, b1, y5);
                var v6 = Vector512.Create(p6[k]);
                x6 = Vector512.FusedMultiplyAdd(v6, b0, x6);
                y6 = Vector512.FusedMultiplyAdd(v6, b1, y6);
                var v7 = Vector512.Create(p7[k]);
                x7 = Vector512.FusedMultiplyAdd(v7, b0, x7);
                y7 = Vector512.FusedMultiplyAdd(v7, b1, y7);
            }

            Store(c + (0 * stride), start + (0 * startStride), x0, y0);
            Store(c + (1 * stride), start + (1 * startStride), x1, y1);
            Store(c + (2 * stride), start + (2 * startStride), x2, y2);
            Store(c + (3 * stride), start + (3 * startStride), x3, y3);
            Store(c + (4 * stride), start + (4 * startStride), x4, y4);
            Store(c + (5 * stride), start + (5 * startStride), x5, y5);
            Store(c + (6 * stride), start + (6 * startStride), x6, y6);
            Store(c + (7 * stride), start + (7 * startStride), x7, y7);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, float* start, Vector512<float> x, Vector512<float> y)
    {
        (Vector512.Load(start) + x).Store(c);
        (Vector512.Load(start + 16) + y).Store(c + 16);
    }

    /// <summary>Brings a row of C closer while the products are summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* c)
    {
        Sse.Prefetch0(c);
        Sse.Prefetch0(c + 16);
    }
}

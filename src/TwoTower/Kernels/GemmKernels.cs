using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>Inner loops of the matrix product on one tile.</summary>
internal static unsafe class GemmKernels
{
    /// <summary>Rows of A in one tile.</summary>
    public static int Height(SimdLevel level) => level switch
    {
        SimdLevel.Avx512 => 8,
        SimdLevel.Avx2 => 6,
        _ => GemmPortable.Height,
    };

    /// <summary>A full tile against a full panel.</summary>
    public static void Multiply(SimdLevel level, in GemmTile tile)
    {
        if (level == SimdLevel.Avx512)
            Avx512(tile);
        else if (level == SimdLevel.Avx2)
            Avx2(tile);
        else
            GemmPortable.Multiply(tile);
    }

    /// <summary>8 rows × 32 columns in sixteen registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Avx512(in GemmTile tile)
    {
        var a = tile.A;
        var b = tile.B;
        var (r, s) = (tile.RowStride, tile.InnerStride);
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
        Prefetch(tile.C + (0 * tile.CStride));
        Prefetch(tile.C + (1 * tile.CStride));
        Prefetch(tile.C + (2 * tile.CStride));
        Prefetch(tile.C + (3 * tile.CStride));
        Prefetch(tile.C + (4 * tile.CStride));
        Prefetch(tile.C + (5 * tile.CStride));
        Prefetch(tile.C + (6 * tile.CStride));
        Prefetch(tile.C + (7 * tile.CStride));
        for (long k = 0, end = tile.Depth * s; k != end; k += s, b += 32)
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

        var c = tile.C;
        var start = tile.Start;
        var (stride, startStride) = (tile.CStride, tile.StartStride);
        Store(c + (0 * stride), start + (0 * startStride), x0, y0);
        Store(c + (1 * stride), start + (1 * startStride), x1, y1);
        Store(c + (2 * stride), start + (2 * startStride), x2, y2);
        Store(c + (3 * stride), start + (3 * startStride), x3, y3);
        Store(c + (4 * stride), start + (4 * startStride), x4, y4);
        Store(c + (5 * stride), start + (5 * startStride), x5, y5);
        Store(c + (6 * stride), start + (6 * startStride), x6, y6);
        Store(c + (7 * stride), start + (7 * startStride), x7, y7);
    }

    /// <summary>6 rows × 16 columns in twelve registers, for both halves of the panel.</summary>
    private static void Avx2(in GemmTile tile)
    {
        Avx2Half(tile, 0);
        Avx2Half(tile, 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Avx2Half(in GemmTile tile, int column)
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

    /// <summary>One row, any number of columns: for the edges of a matrix and for processors without wide vectors.</summary>
    public static void Row(SimdLevel level, in GemmTile tile)
    {
        var sums = stackalloc float[PackedPanels.Width];
        if (level == SimdLevel.Portable)
            RowPlain(tile, sums);
        else
            RowVector(tile, sums);
        for (var j = 0; j < tile.Columns; j++)
            tile.C[j] = tile.Start[j] + sums[j];
    }

    private static void RowPlain(in GemmTile tile, float* sums)
    {
        for (var j = 0; j < PackedPanels.Width; j++)
            sums[j] = 0;
        for (var k = 0; k < tile.Depth; k++)
        {
            var value = tile.A[k * tile.InnerStride];
            for (var j = 0; j < PackedPanels.Width; j++)
                sums[j] += value * tile.B[((long)k * PackedPanels.Width) + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RowVector(in GemmTile tile, float* sums)
    {
        var (w, x, y, z) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var a = tile.A;
        var b = tile.B;
        var s = tile.InnerStride;
        for (var k = 0; k < tile.Depth; k++, a += s, b += PackedPanels.Width)
        {
            var value = Vector256.Create(*a);
            w = Vector256.FusedMultiplyAdd(value, Vector256.Load(b), w);
            x = Vector256.FusedMultiplyAdd(value, Vector256.Load(b + 8), x);
            y = Vector256.FusedMultiplyAdd(value, Vector256.Load(b + 16), y);
            z = Vector256.FusedMultiplyAdd(value, Vector256.Load(b + 24), z);
        }

        w.Store(sums);
        x.Store(sums + 8);
        y.Store(sums + 16);
        z.Store(sums + 24);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, float* start, Vector512<float> x, Vector512<float> y)
    {
        (Vector512.Load(start) + x).Store(c);
        (Vector512.Load(start + 16) + y).Store(c + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, float* start, Vector256<float> x, Vector256<float> y)
    {
        (Vector256.Load(start) + x).Store(c);
        (Vector256.Load(start + 8) + y).Store(c + 8);
    }

    /// <summary>Brings a row of C closer while the products are summed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(float* c)
    {
        Sse.Prefetch0(c);
        Sse.Prefetch0(c + 16);
    }
}

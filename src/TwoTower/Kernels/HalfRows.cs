using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TwoTower.Kernels;

/// <summary>Rows of 64 columns at half the width, and their weighted sums.</summary>
/// <remarks>
/// Word j holds columns j (upper half) and 32 + j (lower half) as bfloat16.
/// An upper half is read as it lies, with the lower one as its last digits; it is rounded so that both together come closest to the value.
/// So every column keeps 8 binary digits, as in any bfloat16. Sums are float32.
/// </remarks>
internal static unsafe class HalfRows
{
    /// <summary>Words of a row.</summary>
    public const int Words = Slabs.Width / 2;
    private const int MostFetched = 64;

    /// <summary>Packs one row; all levels give the same bits.</summary>
    /// <param name="level">Form of the kernel.</param>
    /// <param name="row">[64].</param>
    /// <param name="target">[32], overwritten.</param>
    public static void Pack(SimdLevel level, float* row, int* target)
    {
        if (level == SimdLevel.Avx512)
        {
            Pack16(Vector512.Load(row), Vector512.Load(row + Words)).Store(target);
            Pack16(Vector512.Load(row + 16), Vector512.Load(row + Words + 16)).Store(target + 16);
            return;
        }

        for (var j = 0; j < Words; j += 4)
            Pack4(Vector128.Load(row + j), Vector128.Load(row + Words + j)).Store(target + j);
    }

    /// <summary>target = Σ values[k] × row indices[k] of the table.</summary>
    /// <param name="level">Form of the kernel.</param>
    /// <param name="indices">Row numbers, each <paramref name="step"/> after the last.</param>
    /// <param name="values">Factors, likewise.</param>
    /// <param name="step">1, or 2 where numbers and factors lie in turn.</param>
    /// <param name="count">Rows to sum.</param>
    /// <param name="table">[rows, 32] words.</param>
    /// <param name="target">[64], overwritten.</param>
    public static void Sum(SimdLevel level, int* indices, float* values, int step, int count, int* table, float* target)
    {
        if (level == SimdLevel.Avx512)
            HalfSum512.Over(indices, values, step, count, table).Store(target);
        else if (level == SimdLevel.Avx2)
            SumAvx2(indices, values, step, count, table, target);
        else
            SumPortable(indices, values, step, count, table, target);
    }

    /// <summary>Brings the table's rows closer, shortly before they are summed. Only for few of them: of many, most are there.</summary>
    public static void Fetch(int* indices, int count, int* table)
    {
        if (count > MostFetched || !Sse.IsSupported)
            return;
        for (var k = 0; k < count; k++)
        {
            var row = table + ((long)indices[k] * Words);
            Sse.Prefetch0(row);
            Sse.Prefetch0(row + 16);
        }
    }

    /// <summary>16 words: upper halves from <paramref name="high"/>, lower halves from <paramref name="low"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Pack16(Vector512<float> high, Vector512<float> low)
    {
        var (h, l) = (high.AsInt32(), low.AsInt32());
        l = (l + Vector512.Create(0x7FFF) + ((l >>> 16) & Vector512<int>.One)) >>> 16; // to the nearest, ties to even
        var magnitude = Vector512.Max((h & Vector512.Create(int.MaxValue)) + Vector512.Create(0x8000) - l, Vector512<int>.Zero);
        return (h & Vector512.Create(int.MinValue)) | (magnitude & Vector512.Create(0x7FFF0000)) | l;
    }

    private static Vector128<int> Pack4(Vector128<float> high, Vector128<float> low)
    {
        var (h, l) = (high.AsInt32(), low.AsInt32());
        l = (l + Vector128.Create(0x7FFF) + ((l >>> 16) & Vector128<int>.One)) >>> 16;
        var magnitude = Vector128.Max((h & Vector128.Create(int.MaxValue)) + Vector128.Create(0x8000) - l, Vector128<int>.Zero);
        return (h & Vector128.Create(int.MinValue)) | (magnitude & Vector128.Create(0x7FFF0000)) | l;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SumAvx2(int* indices, float* values, int step, int count, int* table, float* target)
    {
        var (a0, a1, a2, a3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        var (b0, b1, b2, b3) = (Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero, Vector256<float>.Zero);
        for (var k = 0; k < count; k++)
        {
            var row = table + ((long)indices[k * step] * Words);
            var v = Vector256.Create(values[k * step]);
            var (w0, w1, w2, w3) = (Vector256.Load(row), Vector256.Load(row + 8), Vector256.Load(row + 16), Vector256.Load(row + 24));
            a0 = Vector256.FusedMultiplyAdd(v, w0.AsSingle(), a0);
            a1 = Vector256.FusedMultiplyAdd(v, w1.AsSingle(), a1);
            a2 = Vector256.FusedMultiplyAdd(v, w2.AsSingle(), a2);
            a3 = Vector256.FusedMultiplyAdd(v, w3.AsSingle(), a3);
            b0 = Vector256.FusedMultiplyAdd(v, (w0 << 16).AsSingle(), b0);
            b1 = Vector256.FusedMultiplyAdd(v, (w1 << 16).AsSingle(), b1);
            b2 = Vector256.FusedMultiplyAdd(v, (w2 << 16).AsSingle(), b2);
            b3 = Vector256.FusedMultiplyAdd(v, (w3 << 16).AsSingle(), b3);
        }

        a0.Store(target);
        a1.Store(target + 8);
        a2.Store(target + 16);
        a3.Store(target + 24);
        b0.Store(target + 32);
        b1.Store(target + 40);
        b2.Store(target + 48);
        b3.Store(target + 56);
    }

    /// <summary>16 columns at a time in 128-bit vectors, which every processor has.</summary>
    private static void SumPortable(int* indices, float* values, int step, int count, int* table, float* target)
    {
        for (var word = 0; word < Words; word += 8)
        {
            var (a, b, c, d) = (Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero, Vector128<float>.Zero);
            for (var k = 0; k < count; k++)
            {
                var row = table + word + ((long)indices[k * step] * Words);
                var v = Vector128.Create(values[k * step]);
                var (first, second) = (Vector128.Load(row), Vector128.Load(row + 4));
                a += v * first.AsSingle();
                b += v * second.AsSingle();
                c += v * (first << 16).AsSingle();
                d += v * (second << 16).AsSingle();
            }

            a.Store(target + word);
            b.Store(target + word + 4);
            c.Store(target + Words + word);
            d.Store(target + Words + word + 4);
        }
    }
}

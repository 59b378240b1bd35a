using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TwoTower.Kernels;

/// <summary>A weighted sum of <see cref="HalfRows"/> in four 512-bit registers.</summary>
internal unsafe struct HalfSum512
{
    /// <summary>Columns 0 to 15, 16 to 31, 32 to 47, 48 to 63.</summary>
    public Vector512<float> First, Second, Third, Fourth;

    /// <summary>Σ values[k] × row indices[k]; see <see cref="HalfRows.Sum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static HalfSum512 Over(int* indices, float* values, int step, int count, int* table)
    {
        var (a0, a1, a2, a3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var (b0, b1, b2, b3) = (Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero, Vector512<float>.Zero);
        var k = 0;
        for (; k + 2 <= count; k += 2)
        {
            var even = table + ((long)indices[0] * HalfRows.Words);
            var odd = table + ((long)indices[step] * HalfRows.Words);
            var (v, w) = (Vector512.Create(values[0]), Vector512.Create(values[step]));
            indices += 2 * step;
            values += 2 * step;
            var (e0, e1, o0, o1) = (Vector512.Load(even), Vector512.Load(even + 16), Vector512.Load(odd), Vector512.Load(odd + 16));
            a0 = Vector512.FusedMultiplyAdd(v, e0.AsSingle(), a0);
            a1 = Vector512.FusedMultiplyAdd(v, e1.AsSingle(), a1);
            a2 = Vector512.FusedMultiplyAdd(v, (e0 << 16).AsSingle(), a2);
            a3 = Vector512.FusedMultiplyAdd(v, (e1 << 16).AsSingle(), a3);
            b0 = Vector512.FusedMultiplyAdd(w, o0.AsSingle(), b0);
            b1 = Vector512.FusedMultiplyAdd(w, o1.AsSingle(), b1);
            b2 = Vector512.FusedMultiplyAdd(w, (o0 << 16).AsSingle(), b2);
            b3 = Vector512.FusedMultiplyAdd(w, (o1 << 16).AsSingle(), b3);
        }

        if (k < count)
        {
            var last = table + ((long)indices[0] * HalfRows.Words);
            var v = Vector512.Create(values[0]);
            var (e0, e1) = (Vector512.Load(last), Vector512.Load(last + 16));
            a0 = Vector512.FusedMultiplyAdd(v, e0.AsSingle(), a0);
            a1 = Vector512.FusedMultiplyAdd(v, e1.AsSingle(), a1);
            a2 = Vector512.FusedMultiplyAdd(v, (e0 << 16).AsSingle(), a2);
            a3 = Vector512.FusedMultiplyAdd(v, (e1 << 16).AsSingle(), a3);
        }

        return new() { First = a0 + b0, Second = a1 + b1, Third = a2 + b2, Fourth = a3 + b3 };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(float* target)
    {
        First.Store(target);
        Second.Store(target + 16);
        Third.Store(target + 32);
        Fourth.Store(target + 48);
    }
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TwoTower.Kernels;

namespace Benchmarks;

/// <summary>What the processor could do at most: multiplications and additions in registers alone, as fast as they go.</summary>
internal static class Roofline
{
    private const int Sums = 12;
    private const int Turns = 100_000;

    /// <summary>FLOP a second of some threads at once, each at its best of many short measurements.</summary>
    public static double Measure(SimdLevel level, int threads)
    {
        var best = new double[threads];
        var workers = Enumerable.Range(0, threads).Select(t => new Thread(() => best[t] = Best(level))).ToArray();
        Array.ForEach(workers, worker => worker.Start());
        Array.ForEach(workers, worker => worker.Join());
        return best.Sum();
    }

    private static double Best(SimdLevel level)
    {
        var (best, started) = (0.0, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < 0.3)
        {
            var begun = Stopwatch.GetTimestamp();
            var lanes = level switch
            {
                SimdLevel.Avx512 => Run512(),
                SimdLevel.Avx2 => Run256(),
                _ => Run128(),
            };
            best = Math.Max(best, 2.0 * lanes * Sums * Turns / Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        return best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Run512()
    {
        var (x, y) = (Vector512.Create(0.5f), Vector512.Create(0.25f));
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (var turn = 0; turn < Turns; turn++)
        {
            a = Vector512.FusedMultiplyAdd(x, y, a);
            b = Vector512.FusedMultiplyAdd(x, y, b);
            c = Vector512.FusedMultiplyAdd(x, y, c);
            d = Vector512.FusedMultiplyAdd(x, y, d);
            e = Vector512.FusedMultiplyAdd(x, y, e);
            f = Vector512.FusedMultiplyAdd(x, y, f);
            g = Vector512.FusedMultiplyAdd(x, y, g);
            h = Vector512.FusedMultiplyAdd(x, y, h);
            i = Vector512.FusedMultiplyAdd(x, y, i);
            j = Vector512.FusedMultiplyAdd(x, y, j);
            k = Vector512.FusedMultiplyAdd(x, y, k);
            l = Vector512.FusedMultiplyAdd(x, y, l);
        }

        return Keep(Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l), Vector512<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Run256()
    {
        var (x, y) = (Vector256.Create(0.5f), Vector256.Create(0.25f));
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (var turn = 0; turn < Turns; turn++)
        {
            a = Vector256.FusedMultiplyAdd(x, y, a);
            b = Vector256.FusedMultiplyAdd(x, y, b);
            c = Vector256.FusedMultiplyAdd(x, y, c);
            d = Vector256.FusedMultiplyAdd(x, y, d);
            e = Vector256.FusedMultiplyAdd(x, y, e);
            f = Vector256.FusedMultiplyAdd(x, y, f);
            g = Vector256.FusedMultiplyAdd(x, y, g);
            h = Vector256.FusedMultiplyAdd(x, y, h);
            i = Vector256.FusedMultiplyAdd(x, y, i);
            j = Vector256.FusedMultiplyAdd(x, y, j);
            k = Vector256.FusedMultiplyAdd(x, y, k);
            l = Vector256.FusedMultiplyAdd(x, y, l);
        }

        return Keep(Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l), Vector256<float>.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static int Run128()
    {
        var x = Vector128.Create(0.5f);
        var (a, b, c, d, e, f) = (x, x, x, x, x, x);
        var (g, h, i, j, k, l) = (x, x, x, x, x, x);
        for (var turn = 0; turn < Turns; turn++)
        {
            a += a * x;
            b += b * x;
            c += c * x;
            d += d * x;
            e += e * x;
            f += f * x;
            g += g * x;
            h += h * x;
            i += i * x;
            j += j * x;
            k += k * x;
            l += l * x;
        }

        return Keep(Vector128.Sum(a + b + c + d + e + f + g + h + i + j + k + l), Vector128<float>.Count);
    }

    /// <summary>Makes the result count, or the compiler would leave out what leads to it.</summary>
    private static int Keep(float sum, int lanes) => float.IsNaN(sum) ? 0 : lanes;
}

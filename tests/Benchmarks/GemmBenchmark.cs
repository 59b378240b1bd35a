using System.Diagnostics;
using System.Text.Json;
using TwoTower.Kernels;

namespace Benchmarks;

/// <summary>Times the matrix product of one thread at the sizes of training and prints one line of JSON for each.</summary>
internal static unsafe class GemmBenchmark
{
    public static void Run(BenchmarkArguments arguments)
    {
        var level = Enum.Parse<SimdLevel>(arguments.Text("simd", Simd.Best.ToString()));
        TimeWhole(level, 256, 256, 256, arguments.Real("seconds", 2));
        TimeWhole(level, 512, 128, 512, arguments.Real("seconds", 2));
        foreach (var (name, m, n, k) in new[] { ("logits", 2048, 2048, 128), ("gradient", 2048, 128, 2048), ("hidden", 2048, 128, 256), ("square", 1024, 1024, 1024) })
        {
            foreach (var transposed in new[] { false, true })
                Time(level, name + (transposed ? " transposed" : ""), (m, n, k), transposed, arguments.Real("seconds", 2));
        }
    }

    /// <summary>Products short enough to run undisturbed, packing included: the sizes of peer/sgemm.py.</summary>
    private static void TimeWhole(SimdLevel level, int m, int n, int k, double seconds)
    {
        var (a, b, c) = (new FloatBuffer((long)m * k), new FloatBuffer((long)k * n), new FloatBuffer((long)m * n));
        a.Span.Fill(0.25f);
        b.Span.Fill(0.5f);
        var panels = new PackedPanels();
        var (best, started) = (double.MaxValue, Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            var begun = Stopwatch.GetTimestamp();
            panels.PackAll(k, n, b.Pointer, n, 1);
            Gemm.Multiply(level, m, a.Pointer, k, 1, panels, c.Pointer, n);
            best = Math.Min(best, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }

        Console.WriteLine(JsonSerializer.Serialize(new { gemm = "whole", m, n, k, simd = level.ToString(), gflops_best = Math.Round(2e-9 * m * n * k / best, 1) }));
    }

    private static void Time(SimdLevel level, string name, (int M, int N, int K) size, bool transposed, double seconds)
    {
        var (m, n, k) = size;
        long stride = transposed ? m + 16 : k + 16; // not a power of two apart, as in training
        var (a, b, c) = (new FloatBuffer((long)(m + 16) * (k + 16)), new FloatBuffer((long)k * n), new FloatBuffer((long)m * (n + 16)));
        b.Span.Fill(0.5f);
        a.Span.Fill(0.25f);
        var panels = new PackedPanels();
        var best = new double[(m + 63) / 64]; // block by block, so that a moment's disturbance spoils one block and not the whole product
        Array.Fill(best, double.MaxValue);
        var times = new List<double>();
        var started = Stopwatch.GetTimestamp();
        panels.PackAll(k, n, b.Pointer, n, 1);
        while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
        {
            var sum = 0.0;
            for (var first = 0; first < m; first += 64)
            {
                var begun = Stopwatch.GetTimestamp();
                Gemm.Multiply(
                    level, Math.Min(64, m - first), a.Pointer + (transposed ? first : first * stride), transposed ? 1 : stride, transposed ? stride : 1, panels, c.Pointer + ((long)first * (n + 16)), n + 16);
                var time = Stopwatch.GetElapsedTime(begun).TotalSeconds;
                best[first / 64] = Math.Min(best[first / 64], time);
                sum += time;
            }

            times.Add(sum);
        }

        double Rate(double time) => Math.Round(2e-9 * m * n * k / time, 1);
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            gemm = name,
            m,
            n,
            k,
            simd = level.ToString(),
            gflops_best = Rate(best.Sum()),
            gflops_median = Rate(times.Order().ElementAt(times.Count / 2)),
        }));
    }
}

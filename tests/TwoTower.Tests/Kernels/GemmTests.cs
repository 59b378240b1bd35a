using TwoTower.Kernels;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class GemmTests
{
    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Multiply_OddAndEvenShapes_AgreesWithTripleLoop(string level)
    {
        foreach (var (m, n, k) in new[] { (1, 1, 1), (7, 5, 3), (8, 32, 16), (13, 33, 257), (70, 64, 300), (65, 127, 513), (205, 40, 260) })
        {
            foreach (var transposed in new[] { false, true })
            {
                Check(level, (m, n, k), transposed, useBias: false, accumulate: false);
                Check(level, (m, n, k), transposed, useBias: true, accumulate: false);
                Check(level, (m, n, k), transposed, useBias: false, accumulate: true);
            }
        }
    }

    [Fact]
    public void Multiply_TwoByTwo_GivesHandComputedProduct()
    {
        // [1 2; 3 4] · [5 6; 7 8] = [1·5 + 2·7, 1·6 + 2·8; 3·5 + 4·7, 3·6 + 4·8] = [19 22; 43 50]
        float[] a = [1, 2, 3, 4], b = [5, 6, 7, 8], c = new float[4];
        fixed (float* pa = a, pb = b, pc = c)
        {
            var panels = new PackedPanels();
            panels.PackAll(2, 2, pb, 2, 1);
            Gemm.Multiply(Simd.Best, 2, pa, 2, 1, panels, pc, 2);
        }

        Assert.Equal([19, 22, 43, 50], c);
    }

    [Fact]
    public void Multiply_InBlocksOfRows_SameBitsAsInOneGo()
    {
        var (a, b) = (Random(70 * 40, 1), Random(40 * 64, 2));
        float[] whole = new float[70 * 64], parts = new float[70 * 64];
        fixed (float* pa = a, pb = b, pw = whole, pp = parts)
        {
            var panels = new PackedPanels();
            panels.PackAll(40, 64, pb, 64, 1);
            Gemm.Multiply(Simd.Best, 70, pa, 40, 1, panels, pw, 64);
            for (var row = 0; row < 70; row += 8)
                Gemm.Multiply(Simd.Best, Math.Min(8, 70 - row), pa + (row * 40), 40, 1, panels, pp + (row * 64), 64);
        }

        Assert.Equal(whole, parts);
    }

    private static void Check(string level, (int M, int N, int K) size, bool transposed, bool useBias, bool accumulate)
    {
        var (m, n, k) = size;
        var (a, b, bias, c) = (Random((m + 70) * (k + 70), 1), Random(k * n, 2), Random(n, 3), Random(m * (n + 3), 4));
        var expected = c.ToArray();
        var (rowStride, innerStride) = transposed ? (1L, m + 70L) : (k + 2L, 1L);
        for (var i = 0; i < m; i++)
        {
            for (var j = 0; j < n; j++)
            {
                var sum = accumulate ? c[(i * (n + 3)) + j] : useBias ? bias[j] : 0.0;
                for (var p = 0; p < k; p++)
                    sum += (double)a[(i * rowStride) + (p * innerStride)] * b[(p * n) + j];
                expected[(i * (n + 3)) + j] = (float)sum;
            }
        }

        fixed (float* pa = a, pb = b, pBias = bias, pc = c)
        {
            var panels = new PackedPanels();
            panels.PackAll(k, n, pb, n, 1);
            Gemm.Multiply(KernelLevels.Parse(level), m, pa, rowStride, innerStride, panels, pc, n + 3, useBias ? pBias : null, accumulate);
        }

        for (var x = 0; x < c.Length; x++)
            Assert.Equal(expected[x], c[x], 2e-4);
    }

    private static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (float)((random.NextDouble() * 2) - 1))];
    }
}

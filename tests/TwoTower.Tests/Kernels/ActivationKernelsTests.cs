using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class ActivationKernelsTests
{
    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Relu_EveryLevel_SameBitsAsThePlainLoop(string level)
    {
        foreach (var mask in new[] { DropoutMask.None, DropoutMask.Create(0x1234_5678_9ABC_DEF0, 0.3) })
        {
            float[] row = [.. Enumerable.Range(0, 131).Select(k => MathF.Sin(k))];
            float[] bias = [.. Enumerable.Range(0, 131).Select(k => 0.01f * k)];
            float[] expected = [.. row.Select((x, k) => IsOff(mask, 77 + (uint)k) ? 0 : Math.Max(x + bias[k], 0) * mask.Scale)];
            fixed (float* r = row, b = bias)
                ActivationKernels.Relu(KernelLevels.Parse(level), r, b, row.Length, mask, 77);

            Assert.Equal(expected, row);
            Assert.Contains(expected, x => x > 0);
        }
    }

    [Fact]
    public void ReluBackward_UnitsOnAndOff_PassesTheGradientOfThoseOn()
    {
        float[] units = [.. Enumerable.Range(0, 37).Select(k => k % 3 == 0 ? 0 : 1f)], sums = [.. Enumerable.Repeat(1f, 37)];
        float[] gradient = [.. Enumerable.Range(0, 37).Select(k => k - 18f)];
        float[] expected = [.. gradient.Select((g, k) => k % 3 == 0 ? 0 : 2 * g)];
        fixed (float* u = units, g = gradient, s = sums)
            ActivationKernels.ReluBackward(u, g, s, 37, scale: 2);

        Assert.Equal(expected, gradient);
        Assert.Equal(expected.Select(g => 1 + g), sums);
    }

    [Fact]
    public void Relu_ManyUnits_DropsTheAskedShareAndKeepsTheMean()
    {
        const int Count = 100_000;
        var (row, bias) = (new FloatBuffer(Count), new FloatBuffer(Count));
        row.Span.Fill(1);
        ActivationKernels.Relu(Simd.Best, row.Pointer, bias.Pointer, Count, DropoutMask.Create(99, 0.3), 0);
        var zeros = row.Span[..Count].ToArray().Count(x => x == 0);
        Assert.Equal(0.3, (double)zeros / Count, 0.006); // standard error 0.0014
        Assert.Equal(1 / 0.7f, row.Span[..Count].ToArray().Max(), 6);
    }

    private static bool IsOff(DropoutMask mask, uint counter) =>
        mask.Threshold > 0 && CounterRandom.Draw(mask.Key, counter) < mask.Threshold;

    [Fact]
    public void NormaliseBackward_Gradient_IsOrthogonalToTheUnitVector()
    {
        // y = (3, 4): unit (0.6, 0.8), norm 5; gradient (1, 0) → ((1, 0) - 0.6·(0.6, 0.8)) / 5 = (0.128, -0.096)
        float[] row = [3, 4], gradient = [1, 0];
        fixed (float* r = row, g = gradient)
        {
            var norm = ActivationKernels.Normalise(r, 2);
            Assert.Equal(5, norm);
            ActivationKernels.NormaliseBackward(r, norm, g, 2);
        }

        Assert.Equal(0.128f, gradient[0], 6);
        Assert.Equal(-0.096f, gradient[1], 6);
    }
}

using TwoTower.Kernels;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class ActivationKernelsTests
{
    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Relu_WithDropout_SameBitsAtEveryLevel(string level)
    {
        var mask = DropoutMask.Create(0x1234_5678_9ABC_DEF0, 0.3);
        float[] plain = [.. Enumerable.Range(0, 128).Select(k => MathF.Sin(k))], bias = [.. Enumerable.Range(0, 128).Select(k => 0.01f * k)];
        var fast = plain.ToArray();
        fixed (float* p = plain, f = fast, b = bias)
        {
            ActivationKernels.Relu(SimdLevel.Portable, p, b, 128, mask, 77);
            ActivationKernels.Relu(KernelLevels.Parse(level), f, b, 128, mask, 77);
        }

        Assert.Equal(plain, fast);
        Assert.Contains(plain, x => x > 0);
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

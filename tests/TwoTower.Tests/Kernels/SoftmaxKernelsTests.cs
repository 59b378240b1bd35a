using TwoTower.Kernels;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class SoftmaxKernelsTests
{
    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void ExpSum_WholeRange_IsExactToSixDigits(string level)
    {
        float[] logits = [.. Enumerable.Range(0, 2003).Select(k => -86.9f + (k * 0.0434f)), float.NegativeInfinity, -500];
        var row = logits.ToArray();
        double sum;
        fixed (float* p = row)
            sum = SoftmaxKernels.ExpSum(KernelLevels.Parse(level), p, row.Length, shift: 0.5f);

        for (var k = 0; k < row.Length; k++)
        {
            var expected = logits[k] - 0.5f < -87 ? 0 : Math.Exp(logits[k] - 0.5f);
            Assert.Equal(expected, row[k], 1e-6 * expected);
        }

        Assert.Equal(row.Sum(x => (double)x), sum, 1e-6 * sum);
    }
}

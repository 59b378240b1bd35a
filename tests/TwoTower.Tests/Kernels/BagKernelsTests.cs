using TwoTower.Kernels;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class BagKernelsTests
{
    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Sum_AnyCountStepAndStride_AgreesWithPlainSum(string level)
    {
        var random = new Random(2);
        float[] table = [.. Enumerable.Range(0, 30 * 96).Select(_ => (float)random.NextDouble())];
        foreach (var count in new[] { 0, 1, 2, 3, 4, 5, 17 })
        {
            foreach (var (step, stride) in new[] { (1, Slabs.Width), (2, Slabs.Width), (1, 96), (2, 96) })
            {
                int[] indices = [.. Enumerable.Range(0, (count * step) + 1).Select(_ => random.Next(30))];
                float[] values = [.. indices.Select(_ => (float)random.NextDouble())];
                var target = new float[Slabs.Width];
                Array.Fill(target, float.NaN); // overwritten, not added to
                fixed (int* i = indices)
                fixed (float* v = values, t = table, to = target)
                    BagKernels.Sum(KernelLevels.Parse(level), i, v, step, count, t, stride, to);

                for (var j = 0; j < Slabs.Width; j++)
                {
                    var expected = Enumerable.Range(0, count).Sum(k => (double)values[k * step] * table[(indices[k * step] * stride) + j]);
                    Assert.Equal(expected, target[j], 1e-5);
                }
            }
        }
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(5, 64)]
    [InlineData(4, 130)]
    public void Pack_ThenUnpack_GivesTheMatrixBack(int rows, int columns)
    {
        float[] matrix = [.. Enumerable.Range(1, rows * columns).Select(x => (float)x)];
        var (slabs, back) = (new FloatBuffer((long)Slabs.Count(columns) * rows * Slabs.Width), new float[rows * columns]);
        Slabs.Pack(matrix, rows, columns, slabs.Pointer);
        Slabs.Unpack(slabs.Pointer, rows, columns, back);
        Assert.Equal(matrix, back);
        Assert.Equal(matrix[columns], slabs.Pointer[Slabs.Width]); // first column of row 1 follows row 0's slab
    }
}

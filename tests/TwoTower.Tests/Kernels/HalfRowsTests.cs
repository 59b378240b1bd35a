using TwoTower.Kernels;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class HalfRowsTests
{
    [Fact]
    public void Pack_OneAndItsHalf_GivesTheirUpperBits()
    {
        // 1 is 0x3F800000 and 0.5 is 0x3F000000: the word is nearest to 1 with 0x3F00 as its last digits
        Assert.Equal(0x3F803F00, Pack(SimdLevel.Portable, high: 1, low: 0.5f)[0]);
        // -3 is 0xC0400000; with 0xFFFF as last digits (a NaN below) 0xC03F… is nearer than 0xC040…
        Assert.Equal(0xC03FFFFFu, (uint)Pack(SimdLevel.Portable, high: -3, low: BitConverter.UInt32BitsToSingle(0xFFFF0000))[0]);
    }

    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Pack_ValuesOfEverySize_StaysWithinHalfADigitOfBfloat16(string level)
    {
        foreach (var row in RowsOfEverySize())
        {
            var words = Pack(KernelLevels.Parse(level), row);
            for (var column = 0; column < Slabs.Width; column++)
            {
                var expected = BitConverter.SingleToInt32Bits(row[column]);
                var found = BitConverter.SingleToInt32Bits(Unpack(words, column));
                if ((expected & int.MaxValue) >= 0x10000)
                    Assert.InRange(found - expected, -0x8000, 0x8000); // bits of floats of one sign are in the order of their size
                else
                    Assert.InRange(found & int.MaxValue, 0, 0x1FFFF); // next to 0, below 2e-40, lie the last digits of the other half
            }
        }
    }

    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Pack_AnyLevel_SameBits(string level)
    {
        foreach (var row in RowsOfEverySize())
            Assert.Equal(Pack(SimdLevel.Portable, row), Pack(KernelLevels.Parse(level), row));
    }

    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Sum_AnyCountAndStep_AgreesWithPlainSum(string level)
    {
        var random = new Random(2);
        float[] Row() => [.. Enumerable.Range(0, Slabs.Width).Select(_ => (float)(random.NextDouble() - 0.5))];
        int[] table = [.. Enumerable.Range(0, 30).SelectMany(_ => Pack(SimdLevel.Portable, Row()))];
        foreach (var (count, step) in new[] { 0, 1, 2, 3, 17 }.SelectMany(count => new[] { (count, 1), (count, 2) }))
        {
            int[] indices = [.. Enumerable.Range(0, (count * step) + 1).Select(_ => random.Next(30))];
            float[] values = [.. indices.Select(_ => (float)random.NextDouble())];
            var target = new float[Slabs.Width];
            Array.Fill(target, float.NaN); // overwritten, not added to
            fixed (int* i = indices, t = table)
            fixed (float* v = values, to = target)
                HalfRows.Sum(KernelLevels.Parse(level), i, v, step, count, t, to);

            for (var column = 0; column < Slabs.Width; column++)
            {
                var expected = 0.0;
                for (var k = 0; k < count; k++)
                    expected += (double)values[k * step] * Unpack(table.AsSpan(indices[k * step] * HalfRows.Words), column);
                Assert.Equal(expected, target[column], 1e-5);
            }
        }
    }

    private static IEnumerable<float[]> RowsOfEverySize()
    {
        var random = new Random(1);
        for (var exponent = -160; exponent <= 126; exponent += 2)
        {
            var row = new float[Slabs.Width];
            for (var column = 0; column < row.Length; column++)
                row[column] = column % 7 == 0 ? 0 : MathF.ScaleB((float)((random.NextDouble() * 4) - 2), exponent - (column % 3 * 8));
            yield return row;
        }
    }

    private static int[] Pack(SimdLevel level, float high, float low)
    {
        var row = new float[Slabs.Width];
        (row[0], row[HalfRows.Words]) = (high, low);
        return Pack(level, row);
    }

    private static int[] Pack(SimdLevel level, float[] row)
    {
        var words = new int[HalfRows.Words];
        fixed (float* from = row)
        fixed (int* to = words)
            HalfRows.Pack(level, from, to);
        return words;
    }

    /// <summary>What a kernel reads: the whole word for an upper half, the lower half moved up for a lower one.</summary>
    private static float Unpack(ReadOnlySpan<int> words, int column) => BitConverter.Int32BitsToSingle(
        column < HalfRows.Words ? words[column] : words[column - HalfRows.Words] << 16);
}

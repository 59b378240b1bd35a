using System.Buffers;
using TwoTower.Parquet;

namespace TwoTower.Tests.Parquet;

public sealed class DictionaryColumnTests
{
    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 9)]
    [InlineData(3, 20_001)] // three pages
    [InlineData(257, 8191)]
    [InlineData(70_000, 70_000)]
    public async Task WriteRowGroup_Dictionaries_AreReadAsTheirValues(int values, int rows)
    {
        int[] indices = [.. Enumerable.Range(0, rows).Select(i => (int)(i * 31L % values))];
        var texts = new DictionaryColumn<string>([.. Enumerable.Range(0, values).Select(i => $"値 {i}")], indices);
        var numbers = new DictionaryColumn<float>(
            [.. Enumerable.Range(0, values).Select(i => i / 3f)], rows, (start, some) => indices.AsSpan(start, some.Length).CopyTo(some));
        var schema = new ParquetSchema(ParquetField.Required("text", ParquetType.String), ParquetField.Required("number", ParquetType.Float));
        using var stream = new MemoryStream();
        var writer = await ParquetWriter.CreateAsync(stream, schema, ParquetCompression.None, default);
        await writer.WriteRowGroupAsync([texts, numbers], default);
        await writer.WriteRowGroupAsync([texts, numbers], default);
        await writer.CompleteAsync(default);

        var reader = await ParquetReader.OpenAsync(stream, default);
        Assert.Equal(indices.Select(i => texts.Values[i]), await reader.ReadColumnAsync<string>(1, "text", default));
        Assert.Equal(indices.Select(i => numbers.Values[i]), await reader.ReadColumnAsync<float>(0, "number", default));
    }

    [Fact]
    public void Write_EveryWidth_PacksTheBitsFromTheLowest()
    {
        for (var bitWidth = 1; bitWidth < 32; bitWidth++)
        {
            foreach (var count in new[] { 2, 7, 8, 9, 33, 100 })
            {
                var mask = (int)((1L << bitWidth) - 1);
                int[] indices = [.. Enumerable.Range(0, count).Select(i => (int)((i + 1) * 2_654_435_761L) & mask)];
                indices[0] = indices[1] ^ 1; // not all the same, which would be one run
                var output = new ArrayBufferWriter<byte>();
                IndexEncoder.Write(indices, bitWidth, output);

                var groups = (count + 7) / 8;
                var bits = new System.Collections.BitArray(output.WrittenSpan[^(groups * bitWidth)..].ToArray());
                Assert.Equal(bitWidth, output.WrittenSpan[0]);
                Assert.Equal(
                    indices.Concat(new int[(groups * 8) - count]),
                    Enumerable.Range(0, groups * 8).Select(i => Enumerable.Range(0, bitWidth).Sum(bit => bits[(i * bitWidth) + bit] ? 1 << bit : 0)));
            }
        }
    }

    [Fact]
    public void New_IndexOutsideOfTheValues_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new DictionaryColumn<int>([7], [0, 1]));
        Assert.Throws<ArgumentException>(() => new DictionaryColumn<int>([7], [-1]));
    }

    [Fact]
    public async Task WriteRowGroup_DictionaryForAnOptionalColumn_IsRefused()
    {
        var writer = await ParquetWriter.CreateAsync(new MemoryStream(), new ParquetSchema(ParquetField.Optional("text", ParquetType.String)), default);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => writer.WriteRowGroupAsync([new DictionaryColumn<string>(["a"], [0])], default));
        Assert.Equal("column text: a dictionary for an optional column, expected a required one", error.Message);
    }
}

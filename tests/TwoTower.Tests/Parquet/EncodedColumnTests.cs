using System.Buffers.Binary;
using System.Text;
using TwoTower.Parquet;

namespace TwoTower.Tests.Parquet;

/// <summary>Columns that come encoded or computed give the bytes of plain ones.</summary>
public sealed class EncodedColumnTests
{
    private const int Rows = 20_001; // three pages

    [Fact]
    public async Task WriteRowGroup_EncodedTexts_GivesTheBytesOfStrings()
    {
        string?[] texts = [.. Enumerable.Range(0, Rows).Select(row => row % 5 == 0 ? null : row % 7 == 0 ? "" : $"値 {row}")];
        string[][] lists = [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, row % 4).Select(i => $"{row}, {i}").ToArray())];
        var schema = new ParquetSchema(ParquetField.Optional("text", ParquetType.String), ParquetField.List("list", ParquetType.String));
        var (bytes, ends) = Encode(texts.Select(text => text is null ? [] : new[] { text }));
        var (listBytes, listEnds) = Encode(lists);
        var offsets = new int[Rows + 1];
        for (var row = 0; row < Rows; row++)
            offsets[row + 1] = offsets[row] + lists[row].Length;

        Assert.Equal(
            await WriteAsync(schema, texts, lists),
            await WriteAsync(schema, new PlainTexts(ends, bytes), new PlainTextLists(offsets, listEnds, listBytes)));
    }

    [Fact]
    public async Task WriteRowGroup_ComputedNumbers_GivesTheBytesOfAnArray()
    {
        var schema = new ParquetSchema(ParquetField.Required("number", ParquetType.Int64));
        long[] numbers = [.. Enumerable.Range(0, Rows).Select(row => row * 3L)];
        var computed = new ComputedColumn<long>(Rows, (start, values) => numbers.AsSpan(start, values.Length).CopyTo(values));
        Assert.Equal(await WriteAsync(schema, numbers), await WriteAsync(schema, computed));
    }

    [Fact]
    public async Task WriteRowGroup_NullInARequiredColumnOfTexts_IsRefused()
    {
        var schema = new ParquetSchema(ParquetField.Required("text", ParquetType.String));
        var (bytes, ends) = Encode([["a"], []]);
        var error = await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(schema, new PlainTexts(ends, bytes)));
        Assert.Equal("column text, row 1: null, expected a value since the column is required", error.Message);
        Assert.Throws<ArgumentException>(() => new PlainTexts([1], bytes));
        Assert.Throws<ArgumentException>(() => new PlainTextLists([0], ends, bytes));
    }

    private static async Task<byte[]> WriteAsync(ParquetSchema schema, params object[] columns)
    {
        using var stream = new MemoryStream();
        var writer = await ParquetWriter.CreateAsync(stream, schema, ParquetCompression.Snappy, default);
        await writer.WriteRowGroupAsync(columns, default);
        await writer.CompleteAsync(default);
        return stream.ToArray();
    }

    private static (byte[] Bytes, int[] Ends) Encode(IEnumerable<string[]> rows)
    {
        using var stream = new MemoryStream();
        List<int> ends = [];
        var length = new byte[4];
        foreach (var texts in rows)
        {
            foreach (var text in texts.Select(Encoding.UTF8.GetBytes))
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, text.Length);
                stream.Write(length);
                stream.Write(text);
            }

            ends.Add((int)stream.Length);
        }

        return (stream.ToArray(), [.. ends]);
    }
}

using TwoTower.Parquet;

namespace TwoTower.Tests.Parquet;

public sealed class ParquetRoundTripTests
{
    private static readonly ParquetSchema Schema = new(
        ParquetField.Required("id", ParquetType.String),
        ParquetField.Optional("title", ParquetType.String),
        ParquetField.Required("count", ParquetType.Int32),
        ParquetField.Optional("price", ParquetType.Double),
        ParquetField.Required("at", ParquetType.Timestamp),
        ParquetField.Optional("seconds", ParquetType.Int32),
        ParquetField.Required("active", ParquetType.Bool),
        ParquetField.Required("weight", ParquetType.Float),
        ParquetField.List("tags", ParquetType.String),
        ParquetField.List("indices", ParquetType.Int32),
        ParquetField.List("embedding", ParquetType.Float));

    [Theory]
    [InlineData(ParquetCompression.None, 1)]
    [InlineData(ParquetCompression.Gzip, 20_001)] // three pages a chunk
    [InlineData(ParquetCompression.Snappy, 20_001)]
    public async Task ReadColumn_EveryType_GivesWhatWasWritten(ParquetCompression compression, int rows)
    {
        var columns = Columns(rows);
        using var stream = await WriteAsync(compression, columns, columns);
        var reader = await ParquetReader.OpenAsync(stream, default);

        Assert.Equal(2 * rows, reader.Rows);
        Assert.Equal(2, reader.RowGroups);
        Assert.Equal(Schema.Fields, reader.Fields);
        Assert.Equal(columns[0], await reader.ReadColumnAsync<string>(1, "id", default));
        Assert.Equal(columns[1], await reader.ReadColumnAsync<string?>(1, "title", default));
        Assert.Equal(columns[2], await reader.ReadColumnAsync<int>(1, "count", default));
        Assert.Equal(columns[3], await reader.ReadColumnAsync<double?>(0, "price", default));
        Assert.Equal(columns[4], await reader.ReadColumnAsync<long>(1, "at", default));
        Assert.Equal(columns[5], await reader.ReadColumnAsync<int?>(1, "seconds", default));
        Assert.Equal(columns[6], await reader.ReadColumnAsync<bool>(1, "active", default));
        Assert.Equal(columns[7], await reader.ReadColumnAsync<float>(1, "weight", default));
        await AssertListAsync<string>(reader, "tags", columns[8]);
        await AssertListAsync<int>(reader, "indices", columns[9]);
        await AssertListAsync<float>(reader, "embedding", columns[10]);
        Assert.Equal(2 * rows, (await reader.ReadColumnAsync<string>("id", default)).Length);
    }

    [Fact]
    public async Task WriteRowGroup_SameColumns_GivesSameBytes()
    {
        using var first = await WriteAsync(ParquetCompression.Gzip, Columns(300));
        using var second = await WriteAsync(ParquetCompression.Gzip, Columns(300));
        Assert.Equal(first.ToArray(), second.ToArray());
    }

    [Fact]
    public async Task Append_FilesOfTheSameColumns_GivesTheBytesOfOneWriter()
    {
        using var whole = await WriteAsync(ParquetCompression.Snappy, Columns(300), Columns(20));
        using var joined = new MemoryStream();
        var writer = await ParquetWriter.CreateAsync(joined, Schema, default);
        foreach (var rows in new[] { 300, 20 })
        {
            using var part = await WriteAsync(ParquetCompression.Snappy, Columns(rows));
            await writer.AppendAsync(await ParquetReader.OpenAsync(part, default), default);
        }

        await writer.CompleteAsync(default);
        Assert.Equal(whole.ToArray(), joined.ToArray());
    }

    [Fact]
    public async Task Open_NoRowGroups_HasNoRows()
    {
        using var stream = await WriteAsync(ParquetCompression.Gzip);
        var reader = await ParquetReader.OpenAsync(stream, default);
        Assert.Equal(0, reader.Rows);
        Assert.Empty(await reader.ReadColumnAsync<string>("id", default));
    }

    [Fact]
    public async Task ReadColumn_NullsAskedForAsPlainNumbers_SaysHowMany()
    {
        using var stream = await WriteAsync(ParquetCompression.Gzip, Columns(3)); // price is null in row 0
        var reader = await ParquetReader.OpenAsync(stream, default);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => reader.ReadColumnAsync<double>(0, "price", default));
        Assert.Contains("1 nulls", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing", "no column nothing")]
    [InlineData("title", "String title")]
    public async Task ReadColumn_WrongNameOrType_NamesBoth(string name, string expected)
    {
        using var stream = await WriteAsync(ParquetCompression.Gzip, Columns(3));
        var reader = await ParquetReader.OpenAsync(stream, default);
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => reader.ReadColumnAsync<int>(0, name, default));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WriteRowGroup_ColumnOfOtherLength_NamesIt()
    {
        var columns = Columns(3);
        columns[2] = new int[2];
        var error = await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(ParquetCompression.Gzip, columns));
        Assert.Equal("column count: 2 rows, expected 3 as in id", error.Message);
    }

    [Fact]
    public async Task WriteRowGroup_NullInRequiredColumn_NamesTheRow()
    {
        var columns = Columns(3);
        columns[0] = new string?[] { "a", null, "c" };
        var error = await Assert.ThrowsAsync<ArgumentException>(() => WriteAsync(ParquetCompression.Gzip, columns));
        Assert.StartsWith("column id, row 1: null", error.Message, StringComparison.Ordinal);
    }

    private static object[] Columns(int rows)
    {
        var all = Enumerable.Range(0, rows).ToArray();
        return
        [
            all.Select(i => $"video-{i}").ToArray(),
            all.Select(i => i % 5 == 1 ? null : $"恋する惑星 {i}").ToArray(),
            all.Select(i => i * 7 - 3).ToArray(),
            all.Select(i => i % 3 == 0 ? (double?)null : i * 0.1).ToArray(),
            all.Select(i => 1_700_000_000_000L + i).ToArray(),
            all.Select(i => i < rows / 2 ? (int?)null : i).ToArray(), // long runs
            all.Select(i => i % 2 == 0).ToArray(),
            all.Select(i => i / 3f).ToArray(),
            all.Select(i => Enumerable.Range(0, i % 4).Select(k => $"tag {k}").ToArray()).ToArray(), // every fourth is empty
            new ListColumn<int>(all.Select(i => new[] { i, -i }).ToArray()),
            all.Select(i => Enumerable.Range(0, 8).Select(k => MathF.Sin(i + k)).ToArray()).ToArray(),
        ];
    }

    private static async Task<MemoryStream> WriteAsync(ParquetCompression compression, params object[][] groups)
    {
        var stream = new MemoryStream();
        var writer = await ParquetWriter.CreateAsync(stream, Schema, compression, default);
        foreach (var columns in groups)
            await writer.WriteRowGroupAsync(columns, default);
        await writer.CompleteAsync(default);
        return stream;
    }

    private static async Task AssertListAsync<T>(ParquetReader reader, string name, object written)
    {
        var expected = written as ListColumn<T> ?? new ListColumn<T>((T[][])written);
        var read = await reader.ReadListAsync<T>(1, name, default);
        Assert.Equal(expected.Offsets, read.Offsets);
        Assert.Equal(expected.Values, read.Values);
    }
}

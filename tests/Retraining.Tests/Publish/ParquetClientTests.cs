using System.Text.Json;
using TwoTower.Parquet;

namespace Retraining.Tests.Publish;

/// <summary>What this project writes, read by a Parquet reader that others wrote.</summary>
public sealed class ParquetClientTests
{
    private const int Rows = 9_000; // two pages

    [Theory]
    [InlineData(ParquetCompression.None)]
    [InlineData(ParquetCompression.Snappy)]
    [InlineData(ParquetCompression.Gzip)]
    public async Task WriteRowGroup_EveryType_IsReadByAnotherReader(ParquetCompression compression)
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName() + ".parquet");
        try
        {
            await WriteAsync(path, compression);
            using var read = JsonDocument.Parse(await NodeClient.ScriptAsync("rows.mjs", path));
            Assert.Equal(Rows, read.RootElement.GetArrayLength());
            foreach (var (i, row) in read.RootElement.EnumerateArray().Index())
            {
                Assert.Equal($"video-{i}", row.GetProperty("id").GetString());
                Assert.Equal(i % 5 == 1 ? null : $"恋する惑星 {i % 7}", row.GetProperty("title").GetString());
                Assert.Equal($"maker {i % 3}", row.GetProperty("maker").GetString());
                Assert.Equal(i - 3, row.GetProperty("count").GetInt32());
                Assert.Equal(i * 10_000_000_000L, row.GetProperty("big").GetInt64());
                Assert.Equal(i % 3 == 0 ? JsonValueKind.Null : JsonValueKind.Number, row.GetProperty("price").ValueKind);
                Assert.Equal(i % 2 == 0, row.GetProperty("active").GetBoolean());
                Assert.Equal(1_700_000_000_000L + i, row.GetProperty("at").GetDateTimeOffset().ToUnixTimeMilliseconds());
                Assert.Equal(i % 4, row.GetProperty("tags").GetArrayLength());
                Assert.Equal([i, 0.5f], row.GetProperty("embedding").EnumerateArray().Select(value => value.GetSingle()));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task WriteAsync(string path, ParquetCompression compression)
    {
        var schema = new ParquetSchema(
            ParquetField.Required("id", ParquetType.String), ParquetField.Optional("title", ParquetType.String),
            ParquetField.Required("maker", ParquetType.String), ParquetField.Required("count", ParquetType.Int32),
            ParquetField.Required("big", ParquetType.Int64), ParquetField.Optional("price", ParquetType.Double),
            ParquetField.Required("active", ParquetType.Bool), ParquetField.Required("at", ParquetType.Timestamp),
            ParquetField.List("tags", ParquetType.String), ParquetField.List("embedding", ParquetType.Float));
        var all = Enumerable.Range(0, Rows).ToArray();
        await using var stream = File.Create(path);
        var writer = await ParquetWriter.CreateAsync(stream, schema, compression, CancellationToken.None);
        object[] columns =
        [
            all.Select(i => $"video-{i}").ToArray(),
            all.Select(i => i % 5 == 1 ? null : $"恋する惑星 {i % 7}").ToArray(),
            new DictionaryColumn<string>(["maker 0", "maker 1", "maker 2"], [.. all.Select(i => i % 3)]),
            all.Select(i => i - 3).ToArray(),
            all.Select(i => i * 10_000_000_000L).ToArray(),
            all.Select(i => i % 3 == 0 ? (double?)null : i * 0.1).ToArray(),
            all.Select(i => i % 2 == 0).ToArray(),
            all.Select(i => 1_700_000_000_000L + i).ToArray(),
            all.Select(i => Enumerable.Range(0, i % 4).Select(k => $"tag {k}").ToArray()).ToArray(),
            all.Select(i => new[] { i, 0.5f }).ToArray(),
        ];
        await writer.WriteRowGroupAsync(columns, CancellationToken.None);
        await writer.CompleteAsync(CancellationToken.None);
    }
}

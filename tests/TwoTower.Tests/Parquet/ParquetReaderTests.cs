using System.Text;
using TwoTower.Parquet;

namespace TwoTower.Tests.Parquet;

/// <summary>Reads what another implementation wrote (see files/README.md), and refuses what is broken.</summary>
public sealed class ParquetReaderTests
{
    private const int Rows = 90;

    [Theory]
    [InlineData("v1-snappy-dictionary")]
    [InlineData("v1-gzip-plain")]
    [InlineData("v1-brotli-dictionary")]
    [InlineData("v2-snappy-dictionary")]
    public async Task ReadColumn_FileOfAnotherWriter_GivesItsRows(string name)
    {
        using var stream = Open(name);
        var reader = await ParquetReader.OpenAsync(stream, default);
        var rows = Enumerable.Range(0, Rows).ToArray();

        Assert.Equal((Rows, 2), (reader.Rows, reader.RowGroups));
        Assert.Equal(rows.Select(i => $"video-{i}"), await reader.ReadColumnAsync<string>("id", default));
        Assert.Equal(rows.Select(i => i % 7 == 0 ? null : $"制作 {i % 4}"), await reader.ReadColumnAsync<string?>("maker", default));
        Assert.Equal(rows.Select(i => (int?)((i * 3) - 1)), await reader.ReadColumnAsync<int?>("count", default));
        Assert.Equal(rows.Select(i => i * 10_000_000_000L), await reader.ReadColumnAsync<long>("big", default));
        Assert.Equal(rows.Select(i => i % 3 == 0 ? (double?)null : i * 0.5), await reader.ReadColumnAsync<double?>("price", default));
        Assert.Equal(rows.Select(i => i / 4f), await reader.ReadColumnAsync<float>("score", default));
        Assert.Equal(rows.Select(i => i % 2 == 0), await reader.ReadColumnAsync<bool>("active", default));
        Assert.Equal(rows.Select(i => 1_700_000_000_000L + i), await reader.ReadColumnAsync<long>("at", default));
    }

    [Theory]
    [InlineData("v1-snappy-dictionary")]
    [InlineData("v1-gzip-plain")]
    [InlineData("v2-snappy-dictionary")]
    public async Task ReadList_FileOfAnotherWriter_GivesItsRows(string name)
    {
        using var stream = Open(name);
        var reader = await ParquetReader.OpenAsync(stream, default);
        for (int group = 0, i = 0; group < reader.RowGroups; group++)
        {
            var tags = await reader.ReadListAsync<string>(group, "tags", default);
            var embedding = await reader.ReadListAsync<float>(group, "embedding", default);
            Assert.Equal(reader.RowsOf(group), tags.Rows);
            for (var row = 0; row < tags.Rows; row++, i++)
            {
                Assert.Equal(Enumerable.Range(0, i % 10 == 0 ? 0 : i % 4).Select(k => $"t{k}"), tags[row].ToArray());
                Assert.Equal([i, i + 0.5f, -i], embedding[row].ToArray());
            }
        }
    }

    [Theory]
    [InlineData("v1-zstd-dictionary", "ZSTD")]
    [InlineData("v2-uncompressed-delta", "DeltaByteArray")]
    public async Task ReadColumn_CodecOrEncodingThatIsNotRead_IsRefusedByName(string name, string expected)
    {
        using var stream = Open(name);
        var reader = await ParquetReader.OpenAsync(stream, default);
        var error = await Assert.ThrowsAsync<ParquetCodingException>(() => reader.ReadColumnAsync<string>("id", default));
        Assert.StartsWith("Parquet column id, row group 0: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    /// <summary>By another writer's file, which has all of these.</summary>
    [Theory]
    [InlineData("id", "FixedLenByteArray that holds Uuid")]
    [InlineData("price", "Int64 that holds Decimal")]
    [InlineData("safety_level", "Int32 that holds UnsignedInt")]
    [InlineData("broadcast_at", "Int64 that holds Time")]
    [InlineData("performers", "a list of structs")]
    [InlineData("extra", "a map")]
    public async Task ReadColumn_KindThatHasNoType_IsRefusedByName(string column, string holds)
    {
        using var stream = Open("duckdb");
        var reader = await ParquetReader.OpenAsync(stream, default);
        var error = await Assert.ThrowsAsync<NotSupportedException>(() => reader.ReadColumnAsync<int>(column, default));
        Assert.Equal($"Parquet column {column}: {holds}, expected a ParquetType or a list of one", error.Message);
    }

    [Fact]
    public async Task ReadEntries_ListOfStructs_GivesValuesAndLevels()
    {
        using var stream = Open("duckdb");
        var reader = await ParquetReader.OpenAsync(stream, default);
        var leaf = Assert.Single(reader.Columns.Single(column => column.Name == "performers").Leaves);
        var entries = Assert.IsType<ParquetEntries<ReadOnlyMemory<byte>>>(await reader.ReadEntriesAsync(0, leaf, default));

        // Row i has i mod 3 structs from P(i mod 7) on, and none for every sixth: P1; P2, P3; none, …
        Assert.Equal("performers.list.element.name", leaf.Name);
        Assert.Equal(["P1", "P2", "P3"], entries.Values.Take(3).Select(value => Encoding.UTF8.GetString(value.Span)));
        Assert.Equal([1, 4, 4, 4, 1], entries.Definition!.Take(5));
        Assert.Equal([0, 0, 0, 1, 0], entries.Repetition!.Take(5));
        Assert.Equal((20, entries.Values.Length), (entries.Repetition!.Count(0), entries.Definition!.Count(4)));
    }

    [Theory]
    [InlineData("v1-snappy-dictionary")]
    [InlineData("v1-gzip-plain")]
    [InlineData("v2-snappy-dictionary")]
    [InlineData("duckdb")]
    public async Task Read_DamagedAnywhere_IsRefusedOrReadButNeverWorse(string name)
    {
        var intact = await File.ReadAllBytesAsync(PathOf(name));
        var random = new Random(1);
        for (var round = 0; round < 400; round++)
        {
            var bytes = (byte[])intact.Clone();
            var from = round % 2 == 0 ? Math.Max(0, bytes.Length - 1500) : 0; // every other time in the footer
            for (var k = 0; k < 3; k++)
                bytes[random.Next(from, bytes.Length)] = (byte)random.Next(256);
            var error = await Record.ExceptionAsync(() => ReadAllAsync(bytes));
            Assert.True(error is null or InvalidDataException or NotSupportedException, $"round {round}: {error}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(500)]
    public async Task Open_Truncated_IsRefused(int length)
    {
        var bytes = (await File.ReadAllBytesAsync(PathOf("v1-gzip-plain")))[..length];
        await Assert.ThrowsAsync<InvalidDataException>(() => ParquetReader.OpenAsync(new MemoryStream(bytes), default));
    }

    private static async Task ReadAllAsync(byte[] bytes)
    {
        var reader = await ParquetReader.OpenAsync(new MemoryStream(bytes), default);
        for (var group = 0; group < Math.Min(reader.RowGroups, 3); group++)
        {
            foreach (var leaf in reader.Columns.SelectMany(column => column.Leaves))
                await reader.ReadEntriesAsync(group, leaf, default);
            await reader.ReadColumnAsync<string?>(group, "maker", default);
            await reader.ReadListAsync<string>(group, "tags", default);
            if (reader.Columns.Any(column => column.Name == "embedding"))
                await reader.ReadListAsync<float>(group, "embedding", default);
        }
    }

    private static FileStream Open(string name) => File.OpenRead(PathOf(name));

    private static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "Parquet", "files", name + ".parquet");
}

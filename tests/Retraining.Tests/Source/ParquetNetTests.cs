#if PARQUET_NET
using System.Collections;
using Microsoft.Extensions.DependencyInjection;
using Parquet;
using Parquet.Serialization;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Host.Composition;
using Retraining.ParquetNet;
using Retraining.Source;
using TwoTower.Parquet;
using FileReader = TwoTower.Parquet.ParquetReader;

namespace Retraining.Tests.Source;

/// <summary>Parquet.Net beside the own reader: what only it reads, what both read, and files that it wrote.</summary>
public sealed class ParquetNetTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("duckdb-zstd")]
    [InlineData("duckdb-lz4")]
    [InlineData("polars-zstd")]
    public Task Read_WhatTheOwnReaderDoesNot_GivesTheSnapshotOfJson(string writer) =>
        ParquetSourceTests.AssertSameAsRowsAsync(ParquetSourceTests.FilesOf(writer), ParquetNetLeaf.ReadAsync);

    [Fact]
    public async Task Open_SourceOfTheProgram_ReadsWithParquetNet()
    {
        var services = new ServiceCollection().AddRetraining(
            SettingsResolver.Create(null, new Hashtable(), []), HostSecrets.From(new Hashtable()));
        await using var provider = services.BuildServiceProvider();
        var run = new SyncRun();
        var settings = new SourceSettings { Folder = ParquetSourceTests.FilesOf("duckdb-zstd") };
        await using var source = provider.GetRequiredService<OpenSource>()(settings, new SourceContext(run.Context, run.Work));
        Assert.Equal(12, await source.ReadProfilesAsync(default).CountAsync(row => row.Value is not null));
    }

    [Theory]
    [InlineData("duckdb-snappy")]
    [InlineData("polars-snappy")]
    public async Task ReadAsync_WhatTheOwnReaderReads_GivesTheSameEntries(string writer)
    {
        foreach (var path in Directory.GetFiles(ParquetSourceTests.FilesOf(writer)))
        {
            await using var file = File.OpenRead(path);
            var reader = await FileReader.OpenAsync(file, default);
            foreach (var leaf in reader.Columns.SelectMany(column => column.Leaves))
            {
                var own = await reader.ReadEntriesAsync(0, leaf, default);
                var other = await ParquetNetLeaf.ReadAsync(file, 0, leaf, default);
                Assert.Equal(own.Definition, other.Definition);
                Assert.Equal(own.Repetition, other.Repetition);
                Assert.Equal(Texts(leaf, own), Texts(leaf, other));
            }
        }
    }

    [Theory]
    [InlineData(CompressionMethod.None)]
    [InlineData(CompressionMethod.Snappy)]
    [InlineData(CompressionMethod.Gzip)]
    [InlineData(CompressionMethod.Brotli)]
    [InlineData(CompressionMethod.Zstd)]
    [InlineData(CompressionMethod.Lz4Raw)]
    public async Task Read_FilesOfParquetNet_GiveTheSnapshotOfJson(CompressionMethod codec)
    {
        var options = new ParquetOptions { CompressionMethod = codec, RowGroupSize = 7 };
        await using (var rows = new FolderSource(ParquetSourceTests.FilesOf("rows")))
        {
            await WriteAsync("profiles", rows.ReadProfilesAsync(default).Select(row => new ProfileRow(row.Value!)), options);
            await WriteAsync("videos", rows.ReadVideosAsync(default).Select(row => new VideoRow(row.Value!)), options);
            await WriteAsync("user_video_decisions", rows.ReadDecisionsAsync(default).Select(row => new DecisionRow(row.Value!)), options);
        }

        await ParquetSourceTests.AssertSameAsRowsAsync(_folder.Path, ParquetNetLeaf.ReadAsync);
    }

    /// <summary>The first two are read by Parquet.Net without a word, as other values than were written.</summary>
    [Theory]
    [InlineData(
        "lz4-hadoop", "user_video_decisions",
        "Parquet column user_id, row group 0: compressed with LZ4 in Hadoop's framing, expected LZ4_RAW or another codec")]
    [InlineData("v2-zstd-booleans", "videos", "Parquet column is_active, row group 0: values encoded RLE, expected PLAIN")]
    [InlineData(
        "v2-zstd-lists", "videos", "Parquet column price, row group 0: Parquet.Net: data type 'BYTE_ARRAY' does not represent a decimal")]
    public async Task Read_WhatParquetNetDoesNot_IsRefusedByName(string file, string table, string expected)
    {
        _folder.Delete(table + ".json");
        File.Copy(Path.Combine(ParquetSourceTests.FilesOf("bad"), file + ".parquet"), Path.Combine(_folder.Path, table + ".parquet"));
        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => new SyncRun().FromAsync(new FolderSource(_folder.Path, ParquetNetLeaf.ReadAsync)));
        Assert.Equal($"{table}.parquet: {expected}", error.Message);
    }

    [Fact]
    public async Task ReadAsync_ListInADataPageOfVersion2_IsRefusedByName()
    {
        await using var file = File.OpenRead(Path.Combine(ParquetSourceTests.FilesOf("bad"), "v2-zstd-lists.parquet"));
        var reader = await FileReader.OpenAsync(file, default);
        var leaf = Assert.Single(reader.Columns.Single(column => column.Name == "tags").Leaves);
        var error = await Assert.ThrowsAsync<ParquetCodingException>(() => ParquetNetLeaf.ReadAsync(file, 0, leaf, default));
        Assert.Equal("Parquet column tags, row group 0: Parquet.Net: The method or operation is not implemented.", error.Message);
    }

    [Fact]
    public async Task Read_DamagedAnywhere_IsRefusedOrReadButNeverWorse()
    {
        var intact = await File.ReadAllBytesAsync(Path.Combine(ParquetSourceTests.FilesOf("duckdb-zstd"), "videos.parquet"));
        var random = new Random(1);
        for (var round = 0; round < 300; round++)
        {
            var bytes = (byte[])intact.Clone();
            var from = round % 2 == 0 ? bytes.Length - 1500 : 0; // every other time in the footer
            for (var k = 0; k < 3; k++)
                bytes[random.Next(from, bytes.Length)] = (byte)random.Next(256);
            var rows = new ParquetRows(new MemoryStream(bytes), "videos.parquet", RowFields.Of(JsonRow.Video), ParquetNetLeaf.ReadAsync);
            var error = await Record.ExceptionAsync(async () => await rows.ReadAsync(default).CountAsync());
            Assert.True(error is null or PermanentStageException, $"round {round}: {error}");
        }
    }

    private static List<string> Texts(ParquetLeaf leaf, ParquetEntries entries)
    {
        if (leaf.Kind is ParquetKind.Time or ParquetKind.Interval)
            return [];
        var cursor = new LeafCursor(leaf, entries);
        var texts = new List<string>();
        while (cursor.Repetition >= 0)
        {
            using var text = new MemoryStream();
            using (var json = new System.Text.Json.Utf8JsonWriter(text))
            {
                if (cursor.Definition == leaf.MaxDefinition)
                    cursor.Write(json);
                else
                    cursor.Skip();
            }

            texts.Add(System.Text.Encoding.UTF8.GetString(text.ToArray()));
        }

        return texts;
    }

    private async Task WriteAsync<T>(string table, IAsyncEnumerable<T> rows, ParquetOptions options)
    {
        _folder.Delete(table + ".json");
        await using var file = File.Create(Path.Combine(_folder.Path, table + ".parquet"));
        await ParquetSerializer.SerializeAsync(await rows.ToArrayAsync(), file, options);
    }

#pragma warning disable IDE1006 // the names of the columns
    private sealed class ProfileRow(Profile row)
    {
        public Guid user_id => Guid.Parse(row.UserId);
        public string? display_name => row.DisplayName;
        public DateTime? created_at => row.CreatedAt?.UtcDateTime;
    }

    private sealed class VideoRow(Video row)
    {
        public Guid id => Guid.Parse(row.Id);
        public string? title => row.Title;
        public decimal? price => (decimal?)row.Price;
        public int? duration_seconds => row.DurationSeconds;
        public string? maker => row.Maker;
        public DateTime? product_released_at => row.ProductReleasedAt?.UtcDateTime;
        public short? safety_level => row.SafetyLevel;
        public bool is_active => row.IsActive;
        public List<string> region_codes => [.. row.RegionCodes];
        public List<string> tags => [.. row.Tags];
        public List<Named> performers => [.. row.Performers.Select(name => new Named { name = name })];
    }

    private sealed class Named
    {
        public string? name { get; set; }
    }

    private sealed class DecisionRow(Decision row)
    {
        public Guid user_id => Guid.Parse(row.UserId);
        public Guid video_id => Guid.Parse(row.VideoId);
        public string decision_type => row.DecisionType;
        public DateTime created_at => row.CreatedAt.UtcDateTime;
        public float weight => row.Weight;
    }
#pragma warning restore IDE1006
}
#endif

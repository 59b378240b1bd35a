using Retraining.Execution;
using Retraining.Source;
using Retraining.Tests.Documentation;
using Retraining.Tests.Publish;
using TwoTower.Parquet;

namespace Retraining.Tests.Source;

/// <summary>The same rows give the same snapshot, as JSON and as Parquet of every writer.</summary>
public sealed class ParquetSourceTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static string FilesOf(string writer) =>
        Path.Combine(RepositoryFolder.Path, "tests", "Retraining.Tests", "Source", "parquet", writer);

    [Theory]
    [InlineData(ParquetCompression.None, 1)]
    [InlineData(ParquetCompression.Gzip, 2)]
    [InlineData(ParquetCompression.Snappy, 100)]
    public async Task Read_OwnParquet_GivesTheSnapshotOfJson(ParquetCompression compression, int rowsInGroup)
    {
        _folder.Append(SourceFolder.Videos, """{"id": "v4", "text_vector": [0.1, -2, 3e-7]}""", """{"id": "v5", "text_vector": [1, 2, 3]}""");
        var expected = await new SyncRun().FromAsync(_folder.Path);
        await ParquetTables.ConvertAsync(_folder.Path, compression, rowsInGroup);
        Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(_folder.Path)).Hash);
    }

    [Theory]
    [InlineData("duckdb-snappy")]
    [InlineData("polars-snappy")]
    [InlineData("arrow")]
    public async Task Read_ParquetOfAnotherWriter_GivesTheSnapshotOfJson(string writer) => await AssertSameAsRowsAsync(FilesOf(writer));

    [Theory]
    [InlineData("UNCOMPRESSED")]
    [InlineData("SNAPPY")]
    [InlineData("GZIP")]
    public async Task Read_ParquetOfAWriterFromNpm_GivesTheSnapshotOfJson(string codec)
    {
        Directory.Delete(_folder.Path, recursive: true);
        Directory.CreateDirectory(_folder.Path);
        await NodeClient.ScriptAsync("write.mjs", FilesOf("rows"), _folder.Path, codec);
        await AssertSameAsRowsAsync(_folder.Path);
    }

    /// <summary>As Spark and others write a table: a folder of parts, with files of their own beside them.</summary>
    [Fact]
    public async Task Read_FolderOfParts_GivesTheSnapshotOfTheWhole()
    {
        foreach (var table in new[] { "profiles", "videos", "user_video_decisions" })
        {
            var parts = Directory.CreateDirectory(Path.Combine(_folder.Path, table + ".parquet")).FullName;
            File.Copy(Path.Combine(FilesOf("duckdb-snappy"), table + ".parquet"), Path.Combine(parts, "part-00000.snappy.parquet"));
            await File.WriteAllTextAsync(Path.Combine(parts, "_SUCCESS.parquet"), "");
            _folder.Delete(table + ".json");
        }

        await AssertSameAsRowsAsync(_folder.Path);
        var profiles = Path.Combine(_folder.Path, "profiles.parquet");
        File.Copy(Path.Combine(profiles, "part-00000.snappy.parquet"), Path.Combine(profiles, "part-00001.parquet"));
        await using var source = new FolderSource(_folder.Path);
        var rows = await source.ReadProfilesAsync(default).ToArrayAsync();
        Assert.Equal((24, "profiles.parquet/part-00001.parquet", 1L), (rows.Length, rows[12].Origin, rows[12].Row));
    }

    [Theory]
    [InlineData("duckdb-zstd", "ZSTD")]
    [InlineData("duckdb-lz4", "LZ4_RAW")]
    [InlineData("polars-zstd", "ZSTD")]
    public async Task Read_CodecWithoutParquetNet_SaysWhatReadsIt(string writer, string codec)
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => new SyncRun().FromAsync(new FolderSource(FilesOf(writer))));
        Assert.EndsWith(
            $".parquet: Parquet column id, row group 0: compressed with {codec}, expected UNCOMPRESSED, SNAPPY, GZIP or BROTLI; "
            + "a build with Parquet.Net reads more codecs and encodings (README, Packages)", error.Message, StringComparison.Ordinal);
    }

    internal static async Task AssertSameAsRowsAsync(string folder, ReadParquetLeaf? readParquetLeaf = null)
    {
        var expected = await new SyncRun().FromAsync(FilesOf("rows"));
        var run = new SyncRun();
        var snapshot = await run.FromAsync(new FolderSource(folder, readParquetLeaf));

        Assert.Empty(run.Quarantine(snapshot));
        Assert.Equal((12, 20, 96), (snapshot.ProfileCount, snapshot.VideoCount, snapshot.InteractionCount));
        Assert.Equal(expected.Hash, snapshot.Hash);
    }
}

using System.Text.Json;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Source;
using TwoTower.Parquet;

namespace Retraining.Tests.Source;

/// <summary>One bad thing at a time in an otherwise good folder: the file is refused, or one row is put aside, as with JSON.</summary>
public sealed class BadParquetTests : IDisposable
{
    private const string Decisions = "user_video_decisions.parquet";

    private readonly SourceFolder _folder = new();
    private readonly SyncRun _run = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("", "Parquet: 0 bytes, expected at least 12")]
    [InlineData("[{\"user_id\": \"u1\"}]", "Parquet: the file ends in 3122")]
    [InlineData("<!doctype html><html></html>", "Parquet: the file ends in 746D6C3E, expected 50415231 (PAR1)")]
    public async Task Sync_NoParquet_SaysWhatIsThere(string text, string expected)
    {
        _folder.Delete(SourceFolder.Decisions);
        _folder.Write(Decisions, text);
        Assert.StartsWith($"{Decisions}: {expected}", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 100, "Parquet: the file ends in")] // the end is missing
    [InlineData(100, 0, "Parquet column user_id, row group 0")] // the beginning is missing
    public async Task Sync_TruncatedFile_IsRefused(int fromStart, int fromEnd, string expected)
    {
        await ParquetTables.ConvertAsync(_folder.Path, ParquetCompression.None, 100);
        var path = Path.Combine(_folder.Path, Decisions);
        var bytes = await File.ReadAllBytesAsync(path);
        await File.WriteAllBytesAsync(path, bytes[fromStart..^fromEnd]);
        Assert.StartsWith($"{Decisions}: {expected}", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_DamagedPage_NamesColumnAndRowGroup()
    {
        await ParquetTables.ConvertAsync(_folder.Path, ParquetCompression.Snappy, 100);
        var path = Path.Combine(_folder.Path, Decisions);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes.AsSpan(4, 12).Fill(0xFF); // the first page's header
        await File.WriteAllBytesAsync(path, bytes);
        Assert.StartsWith($"{Decisions}: Parquet column user_id, row group 0", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("encrypted-footer", "Parquet: the file is encrypted (PARE), expected PAR1")]
    [InlineData("encrypted-columns", "Parquet column user_id, row group 0: encrypted, expected values in the clear")]
    [InlineData(
        "lz4-hadoop",
        "Parquet column user_id, row group 0: compressed with LZ4, expected UNCOMPRESSED, SNAPPY, GZIP or BROTLI; "
        + "a build with Parquet.Net reads more codecs and encodings (README, Packages)")]
    public async Task Sync_FileThatOthersRead_SaysWhyItIsNot(string file, string expected)
    {
        _folder.Delete(SourceFolder.Decisions);
        CopyBad(file, Decisions);
        Assert.Equal($"{Decisions}: {expected}", await RefusalAsync());
    }

    [Theory]
    [InlineData("map", "Parquet column tags: a map, expected a value, or a list of texts or structs")]
    [InlineData("time", "Parquet column created_at: Int64 that holds Time, expected text, a number, a date, a UUID or a bool")]
    [InlineData(
        "interval", "Parquet column created_at: FixedLenByteArray that holds Interval, expected text, a number, a date, a UUID or a bool")]
    public async Task Sync_ColumnThatNoFieldHolds_IsRefusedByName(string file, string expected)
    {
        _folder.Delete(SourceFolder.Videos);
        CopyBad(file, "videos.parquet");
        Assert.Equal($"videos.parquet: {expected}", await RefusalAsync());
    }

    [Fact]
    public async Task Sync_MissingColumn_NamesItAndThoseThatAreThere()
    {
        await WriteDecisionsAsync(["u1"], Columns()[..2]);
        Assert.Equal($"{Decisions}: found no column decision_type among user_id, video_id, expected one", await RefusalAsync());
    }

    [Fact]
    public async Task Sync_NoRows_IsRefusedAsAnEmptyArray()
    {
        await WriteDecisionsAsync([], Columns());
        Assert.Equal("decisions: 0 rows, expected at least 1", await RefusalAsync());
    }

    [Fact]
    public async Task Sync_ColumnOfAnotherType_PutsEveryRowAside()
    {
        await WriteDecisionsAsync(["u1", "u2"], [.. Columns()[..3], Flag("created_at")]);
        Assert.StartsWith(
            $"{Decisions}: 0 of 2 rows are usable, expected at least 1; the first bad row: {Decisions}, row 1, field created_at: "
            + "found true, expected an ISO 8601 date such as 2026-03-01T12:00:00Z", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_NullsAndTimesOutOfRange_PutTheirRowsAsideAsInJson()
    {
        var time = Time("created_at", user => user == "u3" ? long.MaxValue : 1_767_225_600_000);
        await WriteDecisionsAsync(["u1", null, "u3"], [.. Columns()[..3], time]);
        AssertQuarantine(
            await _run.FromAsync(_folder.Path),
            (Decisions, 2, "user_id", "nothing", "an id"),
            (Decisions, 3, "created_at", "9223372036854775807", "an ISO 8601 date such as 2026-03-01T12:00:00Z"));
    }

    [Fact]
    public async Task Sync_NumbersThatAreNone_PutTheirRowsAsideAsInJson()
    {
        _folder.Delete(SourceFolder.Videos);
        await ParquetTables.WriteAsync<(string Id, double Price)>(
            _folder.Path, "videos", ParquetCompression.None, 100,
            [("v1", 1), ("v2", 2), ("v3", 3), ("v4", double.NaN), ("v5", double.NegativeInfinity), ("v6", -1)],
            ParquetTables.Text<(string Id, double Price)>("id", row => row.Id),
            new(ParquetField.Required("price", ParquetType.Double), rows => rows.Select(row => row.Price).ToArray()));
        AssertQuarantine(
            await _run.FromAsync(_folder.Path),
            ("videos.parquet", 4, "price", "NaN", "a finite number of 0 or more"),
            ("videos.parquet", 5, "price", "-Infinity", "a finite number of 0 or more"),
            ("videos.parquet", 6, "price", "-1", "a finite number of 0 or more"));
    }

    [Fact]
    public async Task Sync_BytesThatAreNoText_PutTheRowAsideAsInJson()
    {
        await WriteDecisionsAsync(["u1", "u2 \"?\"", "u3"], Columns());
        var path = Path.Combine(_folder.Path, Decisions);
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[bytes.AsSpan().IndexOf("u2"u8)] = 0xFF;
        await File.WriteAllBytesAsync(path, bytes);
        var snapshot = await _run.FromAsync(_folder.Path);
        Assert.Equal(1, snapshot.QuarantinedCount);
        Assert.Contains("\"row\":2,\"field\":\"row\"", Assert.Single(_run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_TwoFilesOfATable_AreRefusedByName()
    {
        _folder.Write("profiles.parquet", "");
        Assert.Equal(
            $"{_folder.Path}: found profiles.json and profiles.parquet, expected one of them; remove what is old", await RefusalAsync());
    }

    [Fact]
    public async Task Sync_FolderWithoutParts_IsRefused()
    {
        _folder.Delete(SourceFolder.Profiles);
        var parts = Directory.CreateDirectory(Path.Combine(_folder.Path, "profiles.parquet")).FullName;
        await File.WriteAllTextAsync(Path.Combine(parts, "_SUCCESS"), "");
        Assert.Equal($"{parts}: found a folder without .parquet files, expected a file, or a folder with some", await RefusalAsync());
    }

    private static ParquetTables.Column<string?>[] Columns() =>
    [
        ParquetTables.Text<string?>("user_id", user => user), ParquetTables.Text<string?>("video_id", _ => "v1"),
        ParquetTables.Text<string?>("decision_type", _ => "like"), Time("created_at", _ => 1_767_225_600_000),
    ];

    private static ParquetTables.Column<string?> Time(string name, Func<string?, long> value) =>
        new(ParquetField.Required(name, ParquetType.Timestamp), rows => rows.Select(value).ToArray());

    private static ParquetTables.Column<string?> Flag(string name) =>
        new(ParquetField.Required(name, ParquetType.Bool), rows => rows.Select(_ => true).ToArray());

    private Task WriteDecisionsAsync(string?[] users, params ParquetTables.Column<string?>[] columns)
    {
        _folder.Delete(SourceFolder.Decisions);
        return ParquetTables.WriteAsync(_folder.Path, "user_video_decisions", ParquetCompression.None, 100, users, columns);
    }

    private void CopyBad(string file, string name) =>
        File.Copy(Path.Combine(ParquetSourceTests.FilesOf("bad"), file + ".parquet"), Path.Combine(_folder.Path, name));

    private void AssertQuarantine(Snapshot snapshot, params (string File, int Row, string Field, string Found, string Expected)[] rows)
    {
        var found = _run.Quarantine(snapshot).Select(line => JsonDocument.Parse(line).RootElement).Select(entry => (
            entry.GetProperty("file").GetString()!, entry.GetProperty("row").GetInt32(), entry.GetProperty("field").GetString()!,
            entry.GetProperty("found").GetString()!, entry.GetProperty("expected").GetString()!));
        Assert.Equal(rows, found);
    }

    private async Task<string> RefusalAsync() =>
        (await Assert.ThrowsAsync<PermanentStageException>(() => _run.FromAsync(new FolderSource(_folder.Path)))).Message;
}

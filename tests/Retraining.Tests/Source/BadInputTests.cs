using System.Text;
using System.Text.Json;
using Retraining.Execution;

namespace Retraining.Tests.Source;

/// <summary>One bad thing at a time in an otherwise good folder: the whole file is refused, or one row is put aside.</summary>
public sealed class BadInputTests : IDisposable
{
    private const string Good = """{"user_id": "u1", "video_id": "v3", "decision_type": "like", "created_at": "2026-01-04T00:00:00Z"}""";

    private readonly SourceFolder _folder = new();
    private readonly SyncRun _run = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(SourceFolder.Profiles, "profiles.json")]
    [InlineData(SourceFolder.Videos, "videos_subset.json or videos.json")]
    [InlineData(SourceFolder.Decisions, "user_video_decisions.json")]
    public async Task Sync_MissingFile_NamesFolderAndFile(string name, string expected)
    {
        _folder.Delete(name);
        Assert.StartsWith($"{_folder.Path}: found no {expected}, expected one", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_MissingFolder_NamesIt()
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _run.FromAsync(_folder.Path + "-not-there"));
        Assert.StartsWith($"{_folder.Path}-not-there: no such folder, expected one with", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "user_video_decisions.json, byte 0: found an empty file, expected a JSON array of rows")]
    [InlineData(" \n ", "user_video_decisions.json, byte 3: found an empty file, expected a JSON array of rows")]
    [InlineData("[]", "user_video_decisions: 0 rows, expected at least 1")]
    [InlineData("<!doctype html><html>", "user_video_decisions.json, byte 0: found HTML or XML (<!doctype html><html>), expected a JSON array of rows")]
    [InlineData("null", "user_video_decisions.json, byte 0: found \"null\", expected a JSON array of rows")]
    [InlineData("[" + Good + ", {\"user_id\": \"u1\"", "user_video_decisions.json, byte 117, row 2: found the end of the file inside this row, expected \"]\" at the end: the file is truncated")]
    [InlineData("[" + Good + ",", "user_video_decisions.json, byte 100, row 1: found the end of the file inside the array, expected \"]\" at the end: the file is truncated")]
    [InlineData("[" + Good + Good + "]", "user_video_decisions.json, byte 99, row 1: found \"{\"user_id\": \"u1\", \"video_id\": \"v3\", \"dec\" after a row, expected \",\" or \"]\"")]
    [InlineData("[" + Good + "] [", "user_video_decisions.json, byte 101, row 1: found \"[\" after the array, expected the end of the file")]
    [InlineData("{\"message\": \"JWT expired\"}", "user_video_decisions.json, row 1: found an object without user_id ({\"message\": \"JWT expired\"}), expected a JSON array of rows, or rows one a line")]
    public async Task Sync_FileThatIsNoArrayOfRows_SaysWhereAndWhy(string text, string expected)
    {
        _folder.Write(SourceFolder.Decisions, text);
        Assert.Equal(expected.Replace("user_video_decisions: 0", "decisions: 0", StringComparison.Ordinal), await RefusalAsync());
        Assert.DoesNotContain(_run.Work.Files.Keys, path => path.EndsWith(".parquet", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Sync_TruncatedGzip_IsRefused()
    {
        _folder.Delete(SourceFolder.Decisions);
        _folder.WriteGzip("user_video_decisions.json.gz", $"[{string.Join(",", Enumerable.Repeat(Good, 1000))}]");
        var path = Path.Combine(_folder.Path, "user_video_decisions.json.gz");
        await File.WriteAllBytesAsync(path, (await File.ReadAllBytesAsync(path))[..^100]);
        Assert.StartsWith("user_video_decisions.json.gz, ", await RefusalAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-32")]
    public async Task Sync_FileInWideCharacters_IsRefusedByName(string encoding)
    {
        var written = Encoding.GetEncoding(encoding);
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, SourceFolder.Decisions), [.. written.GetPreamble(), .. written.GetBytes($"[{Good}]")]);
        Assert.Equal(
            "user_video_decisions.json, byte 0: found text in UTF-16 or UTF-32, or none, expected a JSON array of rows in UTF-8", await RefusalAsync());
    }

    [Theory]
    [InlineData("shift_jis")]
    [InlineData("euc-jp")]
    [InlineData("windows-1252")]
    public async Task Sync_RowInAnotherEncoding_CostsOnlyThatRow(string encoding)
    {
        _folder.Append(SourceFolder.Videos, """{"id": "v9", "title": "§"}""", """{"id": "v8", "title": "Eight"}""");
        var text = _folder.Read(SourceFolder.Videos).Split('§');
        var title = CodePagesEncodingProvider.Instance.GetEncoding(encoding)!.GetBytes(encoding == "windows-1252" ? "Zoë" : "夏の海");
        await File.WriteAllBytesAsync(
            Path.Combine(_folder.Path, SourceFolder.Videos), [.. Encoding.UTF8.GetBytes(text[0]), .. title, .. Encoding.UTF8.GetBytes(text[1])]);

        var snapshot = await _run.FromAsync(_folder.Path);

        Assert.Equal((4, 1), (snapshot.VideoCount, snapshot.QuarantinedCount));
        var line = Assert.Single(_run.Quarantine(snapshot));
        Assert.Contains("\"file\":\"videos.json\",\"row\":4,\"field\":\"row\"", line, StringComparison.Ordinal);
        Assert.Contains("\"expected\":\"UTF-8 text\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_GiganticRow_CostsOnlyThatRow()
    {
        _folder.Append(SourceFolder.Videos, $$"""{"id": "v9", "title": "{{new string('x', 33 << 20)}}"}""", """{"id": "v8"}""");
        var snapshot = await _run.FromAsync(_folder.Path);
        Assert.Equal((4, 1), (snapshot.VideoCount, snapshot.QuarantinedCount));
        Assert.InRange(Assert.Single(_run.Quarantine(snapshot)).Length, 100, 3000);
    }

    [Fact]
    public async Task Sync_NoRowIsUsable_ShowsTheFirstAndWhereTheRestIs()
    {
        _folder.Write(SourceFolder.Decisions, $"[{SyncSourceTests.Decision("u1", "gone", "like", "2026-01-01")}]");
        Assert.Equal(
            "user_video_decisions.json: 0 of 1 rows are usable, expected at least 1; the first bad row: user_video_decisions.json, row 1, field video_id: "
            + "found gone, expected the id of a video; all of them: runs/r1/snapshot/quarantine.ndjson",
            await RefusalAsync());
    }

    [Theory]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "price": NaN}""", "price", "NaN", "a finite number of 0 or more")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "title": "NaN \" NaN", "price": -Infinity}""", "price", "-Infinity", "a finite number of 0 or more")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "price": -1}""", "price", "-1", "a finite number of 0 or more")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "price": "free"}""", "price", "\"free\"", "a number")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "duration_seconds": -5}""", "duration_seconds", "-5", "0 or more")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "duration_seconds": 1.5}""", "duration_seconds", "1.5", "a whole number in [-2147483648, 2147483647]")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "product_released_at": "2999-01-01"}""", "product_released_at", "2999-01-01T00:00:00Z", "a date from 1870-01-01T00:00:00Z to 2031-06-01T00:00:00Z")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "created_at": "1970-01-01"}""", "created_at", "1970-01-01T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "tags": "a, b"}""", "tags", "\"a, b\"", "an array of names")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "tags": [1]}""", "tags", "1", "a name or an object with a name")]
    [InlineData(SourceFolder.Videos, """{"id": "v9", "is_active": "yes"}""", "is_active", "\"yes\"", "true or false")]
    [InlineData(SourceFolder.Videos, """{"title": "no id"}""", "id", "nothing", "an id")]
    [InlineData(SourceFolder.Videos, """{"id": "v1"}""", "id", "v1", "an id that no earlier row has")]
    [InlineData(SourceFolder.Videos, "17", "row", "number", "an object")]
    [InlineData(SourceFolder.Profiles, """{"user_id": "u1"}""", "user_id", "u1", "an id that no earlier row has")]
    [InlineData(SourceFolder.Profiles, """{"user_id": "u9", "created_at": "03/01/2026"}""", "created_at", "\"03/01/2026\"", "an ISO 8601 date such as 2026-03-01T12:00:00Z")]
    [InlineData(SourceFolder.Decisions, """{"user_id": "u1", "video_id": "gone", "decision_type": "like", "created_at": "2026-01-04"}""", "video_id", "gone", "the id of a video")]
    [InlineData(SourceFolder.Decisions, """{"user_id": "u1", "video_id": "v3", "decision_type": "like", "created_at": "1970-01-01T00:00:00Z"}""", "created_at", "1970-01-01T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData(SourceFolder.Decisions, """{"user_id": "u1", "video_id": "v3", "decision_type": "like", "created_at": "2999-12-31"}""", "created_at", "2999-12-31T00:00:00Z", "a date from 1990-01-01T00:00:00Z to 2026-06-02T00:00:00Z")]
    [InlineData(SourceFolder.Decisions, """{"user_id": "u1", "video_id": "v3", "decision_type": "like"}""", "created_at", "nothing", "an ISO 8601 date such as 2026-03-01T12:00:00Z")]
    [InlineData(SourceFolder.Decisions, """{"user_id": "", "video_id": "v3", "decision_type": "like", "created_at": "2026-01-04"}""", "user_id", "\"\"", "an id")]
    [InlineData(SourceFolder.Decisions, """{"user_id": "u1", "video_id": "v3", "decision_type": " ", "created_at": "2026-01-04"}""", "decision_type", "nothing", "text")]
    [InlineData(SourceFolder.Decisions, """{"user_id": "u1", "video_id": "v3", "decision_type": "like", "created_at": "2026-01-04", "weight": 0}""", "weight", "0", "a finite number greater than 0")]
    public async Task Sync_BadRow_IsPutAsideWithFileRowFieldFoundAndExpected(string file, string row, string field, string found, string expected)
    {
        var good = await new SyncRun().FromAsync(_folder.Path);
        _folder.Append(file, row);
        var snapshot = await _run.FromAsync(_folder.Path);

        Assert.Equal(1, snapshot.QuarantinedCount);
        Assert.Equal(good.Hash, snapshot.Hash);
        using var entry = JsonDocument.Parse(Assert.Single(_run.Quarantine(snapshot)));
        var rowNumber = file == SourceFolder.Profiles ? 3 : 4;
        Assert.Equal(
            (file, rowNumber, field, found, expected),
            (Text("file"), entry.RootElement.GetProperty("row").GetInt32(), Text("field"), Text("found"), Text("expected")));
        Assert.NotEqual(JsonValueKind.Null, entry.RootElement.GetProperty("content").ValueKind);

        string Text(string name) => entry.RootElement.GetProperty(name).GetString()!;
    }

    [Fact]
    public async Task Sync_BrokenRowInTheMiddle_CostsOnlyThatRow()
    {
        _folder.Append(SourceFolder.Decisions, """{"user_id": "u1", "video_id" "v3"}""", Good);
        var snapshot = await _run.FromAsync(_folder.Path);
        Assert.Equal((4, 1), (snapshot.InteractionCount, snapshot.QuarantinedCount));
        Assert.Contains("\"row\":4,\"field\":\"row\"", Assert.Single(_run.Quarantine(snapshot)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_QuarantinedRow_IsShownAsItCame()
    {
        _folder.Append(SourceFolder.Videos, """{"id": "v9", "title": "夏", "price": "free"}""", """{"id": "v8", "price": NaN, "tags": []]}""");
        var lines = _run.Quarantine(await _run.FromAsync(_folder.Path));
        Assert.EndsWith("""
            "content":{"id":"v9","title":"夏","price":"free"}}
            """, lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_VideoInQuarantine_TellsItsDecisionsSo()
    {
        _folder.Append(SourceFolder.Videos, """{"id": "v9", "price": NaN}""");
        _folder.Append(SourceFolder.Decisions, SyncSourceTests.Decision("u1", "v9", "like", "2026-01-01"));
        var snapshot = await _run.FromAsync(_folder.Path);
        Assert.Equal(2, snapshot.QuarantinedCount);
        Assert.Contains("a video whose row is not itself in quarantine", _run.Quarantine(snapshot)[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_BadProfile_KeepsTheUserWithoutAnAccountAge()
    {
        _folder.Write(SourceFolder.Profiles, """[{"user_id": "u1", "created_at": "2999-01-01"}]""");
        var data = await _run.ReadAsync(await _run.FromAsync(_folder.Path));
        Assert.Equal(["u1", "u3"], data.Log.UserIds);
        Assert.Equal([null, null], data.Log.ProfileCreatedAt);
    }

    private async Task<string> RefusalAsync() =>
        (await Assert.ThrowsAsync<PermanentStageException>(() => _run.FromAsync(_folder.Path))).Message;
}

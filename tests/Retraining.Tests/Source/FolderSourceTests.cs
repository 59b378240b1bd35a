using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class FolderSourceTests : IDisposable
{
    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Read_NdjsonAndGzip_GiveTheSameSnapshotAsArrays()
    {
        var expected = await new SyncRun().FromAsync(_folder.Path);
        foreach (var name in new[] { SourceFolder.Profiles, SourceFolder.Videos, SourceFolder.Decisions })
        {
            using var rows = System.Text.Json.JsonDocument.Parse(_folder.Read(name));
            var lines = string.Concat(rows.RootElement.EnumerateArray().Select(row => row.GetRawText().ReplaceLineEndings("") + "\n"));
            _folder.Delete(name);
            if (name == SourceFolder.Decisions)
                _folder.WriteGzip("user_video_decisions.jsonl.gz", lines);
            else
                _folder.Write(name.Replace(".json", ".ndjson", StringComparison.Ordinal), lines);
        }

        Assert.Equal(expected.Hash, (await new SyncRun().FromAsync(_folder.Path)).Hash);
    }

    [Fact]
    public async Task Read_ByteOrderMarkAndNdjsonNamedJson_AreRead()
    {
        _folder.Write(SourceFolder.Profiles, "\uFEFF{\"user_id\": \"u1\"}\r\n{\"user_id\": \"u2\"}");
        Assert.Equal(["u1", "u2"], await UsersAsync());
    }

    [Fact]
    public async Task Read_BothVideoFiles_TakesTheSubset()
    {
        _folder.Write("videos_subset.json", """[{"id": "only"}]""");
        await using var source = new FolderSource(_folder.Path);
        Assert.Equal(["only"], await source.ReadVideosAsync(default).Select(row => row.Value!.Id).ToArrayAsync());
    }

    [Fact]
    public async Task Read_RowsAcrossBufferEnds_ComeWhole()
    {
        // 64 KiB buffers; rows of about 1 KiB and one of 200 KiB, with quotes, brackets and backslashes in them.
        var names = Enumerable.Range(0, 300).Select(i => $"n{i} \\\" }}] {{[ \\\\ {new string('あ', i == 150 ? 70_000 : 300)}").ToArray();
        _folder.Write(SourceFolder.Profiles, $"[{string.Join(",", names.Select((name, i) => $$"""{"user_id": "u{{i}}", "display_name": "{{name}}"}"""))}]");
        await using var source = new FolderSource(_folder.Path);
        var read = await source.ReadProfilesAsync(default).ToArrayAsync();

        Assert.Equal(300, read.Length);
        Assert.All(read, row => Assert.Null(row.Fault));
        Assert.Equal(names.Select(name => name.Replace("\\\"", "\"", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal)), read.Select(row => row.Value!.DisplayName));
        Assert.Equal(Enumerable.Range(1, 300).Select(i => (long)i), read.Select(row => row.Row));
    }

    [Theory]
    [InlineData("2026-03-01T12:00:00Z")]
    [InlineData("2026-03-01T21:00:00+09:00")]
    [InlineData("2026-03-01 12:00:00+00")]
    [InlineData("2026-03-01T12:00:00")]
    [InlineData("2026-03-01T12:00:00.000000+00:00")]
    public async Task Read_DateForms_AreTheSameMoment(string date)
    {
        _folder.Write(SourceFolder.Profiles, $$"""[{"user_id": "u1", "created_at": "{{date}}"}]""");
        await using var source = new FolderSource(_folder.Path);
        var row = await source.ReadProfilesAsync(default).SingleAsync();
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), row.Value!.CreatedAt);
    }

    private async Task<string[]> UsersAsync()
    {
        await using var source = new FolderSource(_folder.Path);
        return await source.ReadProfilesAsync(default).Select(row => row.Value!.UserId).ToArrayAsync();
    }
}

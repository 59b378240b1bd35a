using System.Text;
using System.Text.Json;
using Retraining.Artifacts;
using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Publish;
using Retraining.Tests.Artifacts;
using Retraining.Tests.Source;

namespace Retraining.Tests.Dataset;

public sealed class CheckContractTests : IDisposable
{
    private static readonly ContractSettings Small = new() { MinUsers = 2, MinPositives = 2, MaxOrphanShare = 0.2 };

    private readonly SourceFolder _folder = new();
    private readonly SyncRun _run = new();
    private readonly MemoryArtifactStore _published = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_GoodSnapshot_PassesEveryRule()
    {
        var report = await CheckAsync(await _run.FromAsync(_folder.Path), Small);
        Assert.Empty(report.Violations);
        using var json = JsonDocument.Parse(_run.Work.Text(report.Report.Path));
        Assert.True(json.RootElement.GetProperty("passed").GetBoolean());
        var rules = json.RootElement.GetProperty("rules").EnumerateArray().ToArray();
        Assert.Equal(report.Rules, rules.Length);
        Assert.All(rules, rule => Assert.True(rule.GetProperty("passed").GetBoolean(), rule.GetRawText()));
        Assert.Contains(rules, rule => rule.GetProperty("name").GetString() == "share of positives" && rule.GetProperty("found").GetString() == "66.67 % (2 of 3)");
    }

    [Fact]
    public async Task RunAsync_OneUser_BlocksWithEveryViolation()
    {
        _folder.Write(SourceFolder.Decisions, $"[{SyncSourceTests.Decision("u1", "v1", "like", "2026-01-01")}]");
        var message = await RefusalAsync(await _run.FromAsync(_folder.Path), new ContractSettings());
        Assert.Contains("rules of the data contract are broken (runs/r1/snapshot/contract.json): ", message, StringComparison.Ordinal);
        Assert.Contains("users with a positive decision: found 1, expected 20 or more (contract.min_users)", message, StringComparison.Ordinal);
        Assert.Contains("positive decisions: found 1, expected 200 or more (contract.min_positives)", message, StringComparison.Ordinal);
        using var json = JsonDocument.Parse(_run.Work.Text("runs/r1/snapshot/contract.json"));
        Assert.False(json.RootElement.GetProperty("passed").GetBoolean());
        Assert.Equal(2, json.RootElement.GetProperty("violations").GetArrayLength());
    }

    [Fact]
    public async Task RunAsync_NoPositiveTypes_PointsToTheSetting()
    {
        var snapshot = await _run.FromAsync(_folder.Path, new() { PositiveDecisions = ["love"] });
        Assert.Contains("share of positives: found 0 % (0 of 3), expected 1 % or more", await RefusalAsync(snapshot, Small), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"user_id": "u1", "video_id": "gone", "decision_type": "like", "created_at": "2026-01-01"}""", "orphaned decisions: found 25 % (1 of 4), expected 20 % or less (contract.max_orphan_share)")]
    [InlineData("""{"user_id": "u1", "video_id": "v3", "decision_type": "like", "created_at": "2999-01-01"}""", "decisions in quarantine: found 25 % (1 of 4), expected 5 % or less (contract.max_quarantined_share)")]
    public async Task RunAsync_TooManyBadRows_Blocks(string row, string expected)
    {
        _folder.Append(SourceFolder.Decisions, row);
        Assert.EndsWith(expected, await RefusalAsync(await _run.FromAsync(_folder.Path), Small), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_DuplicateIds_Blocks()
    {
        _folder.Append(SourceFolder.Videos, """{"id": "v1"}""");
        Assert.EndsWith(
            "duplicate videos: found 25 % (1 of 4), expected 1 % or less (contract.max_duplicate_share)",
            await RefusalAsync(await _run.FromAsync(_folder.Path), Small), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(4, true)] // 3 after 4: a drop of 25 %
    [InlineData(5, false)] // 3 after 5: a drop of 40 %
    public async Task RunAsync_AgainstTheLastPublished_BlocksBeyondTheDrop(int before, bool passes)
    {
        await PublishAsync("20260524_190000", before);
        var snapshot = await _run.FromAsync(_folder.Path);
        if (passes)
            Assert.Empty((await CheckAsync(snapshot, Small)).Violations);
        else
            Assert.EndsWith(
                "decisions against 20260524_190000: found 3 after 5, a drop of 40 %, expected a drop of 30 % or less (contract.max_row_drop)",
                await RefusalAsync(snapshot, Small), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FileThatIsNotTheSnapshots_NamesIt()
    {
        var snapshot = await _run.FromAsync(_folder.Path);
        _run.Work.Files[snapshot.Videos.Path] = _run.Work.Files[snapshot.Profiles.Path];
        var message = await RefusalAsync(snapshot, Small);
        Assert.Contains("columns of videos.parquet: found 2 rows, other or no columns id, external_id", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_ShortenedFile_IsRefused()
    {
        var snapshot = await _run.FromAsync(_folder.Path);
        _run.Work.Files[snapshot.Interactions.Path] = _run.Work.Files[snapshot.Interactions.Path][..^1];
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => _run.ReadAsync(snapshot));
        Assert.StartsWith("runs/r1/snapshot/interactions.parquet: ", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> RefusalAsync(Snapshot snapshot, ContractSettings settings) =>
        (await Assert.ThrowsAsync<PermanentStageException>(() => CheckAsync(snapshot, settings))).Message;

    private Task<ContractReport> CheckAsync(Snapshot snapshot, ContractSettings settings) =>
        new CheckContract(_run.Work, _ => _published).RunAsync(new(snapshot, settings, new PublishSettings()), _run.Context, CancellationToken.None);

    private Task<ArtifactRef> PublishAsync(string version, int interactions)
    {
        var manifest =
            $$"""
            {"version": "{{version}}", "created_at": "2026-05-24T19:00:00Z", "commit_sha": null, "input_schema_version": 3, "embedding_dim": 8,
             "previous_version": null, "files": [],
             "model_meta": {"data": {"hash": "x", "profiles": 2, "videos": 3, "interactions": {{interactions}}, "positives": 2} }
            }
            """;
        return _published.WriteAsync(
            "two-tower/v3/current/manifest.json",
            async (stream, token) => await stream.WriteAsync(Encoding.UTF8.GetBytes(manifest), token),
            WriteOptions.Pointer,
            CancellationToken.None);
    }
}

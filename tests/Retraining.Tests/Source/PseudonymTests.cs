using System.Security.Cryptography;
using System.Text;
using Retraining.Execution;
using Retraining.Source;
using TwoTower.Parquet;

namespace Retraining.Tests.Source;

public sealed class PseudonymTests : IDisposable
{
    private const string Key = "a key of sixteen bytes or more";

    private readonly SourceFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sync_Pseudonymised_WritesNoUserIdAnywhere()
    {
        const string secret = "4188b161-74ab-55bd-ab0d-948a826cc033";
        _folder.Append(SourceFolder.Profiles, $$"""{"user_id": "{{secret}}", "display_name": "secret name"}""", $$"""{"user_id": "{{secret}}"}""");
        _folder.Append(
            SourceFolder.Decisions,
            SyncSourceTests.Decision(secret, "v1", "like", "2026-01-05"),
            SyncSourceTests.Decision(secret, "gone", "like", "2026-01-05"),
            $$"""{"user_id" "{{secret}}"}""");
        var run = new SyncRun { PseudonymKey = Key };
        var snapshot = await run.FromAsync(_folder.Path, new SourceSettings { PseudonymiseUsers = true });

        var pseudonym = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Key), Encoding.UTF8.GetBytes(secret)));
        var data = await run.ReadAsync(snapshot);
        Assert.True(data.Log.IndexOf(pseudonym) >= 0);
        Assert.Equal(-1, data.Log.IndexOf(secret));
        var profiles = await ParquetReader.OpenAsync(await run.Work.OpenReadAsync(snapshot.Profiles.Path, default), default);
        Assert.All(await profiles.ReadColumnAsync<string>("display_name", default), Assert.Null);
        Assert.Equal(3, snapshot.QuarantinedCount);
        foreach (var path in run.Work.Files.Keys)
        {
            Assert.DoesNotContain(secret, run.Work.Text(path), StringComparison.Ordinal);
            Assert.DoesNotContain("secret name", run.Work.Text(path), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("short", 5)]
    public async Task Sync_WithoutAUsableKey_IsRefused(string? key, int bytes)
    {
        var run = new SyncRun { PseudonymKey = key };
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => run.FromAsync(_folder.Path, new SourceSettings { PseudonymiseUsers = true }));
        Assert.Contains($"has {bytes} bytes, expected 16 or more", error.Message, StringComparison.Ordinal);
        Assert.Empty(run.Work.Files);
    }
}

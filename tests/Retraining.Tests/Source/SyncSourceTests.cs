using System.Text.Json;
using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class SyncSourceTests : IDisposable
{
    private readonly SourceFolder _folder = new();
    private readonly SyncRun _run = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_GoodRows_ComeBackFromTheSnapshot()
    {
        var snapshot = await _run.FromAsync(_folder.Path);
        var data = await _run.ReadAsync(snapshot);

        Assert.Equal(["v1", "v2", "v3"], data.Catalogue.VideoIds);
        var video = data.Catalogue.Videos[0];
        Assert.Equal(("夏の海", 1980.0, 5400, "M", (short)1, false), (video.Title, video.Price, video.DurationSeconds, video.Maker, video.SafetyLevel, video.IsActive));
        Assert.Equal(["a", "b"], video.Tags);
        Assert.Equal(["JP"], video.RegionCodes);
        Assert.Equal(DateTimeOffset.UnixEpoch, video.ProductReleasedAt);
        Assert.Equal(500.5, data.Catalogue.Videos[1].Price);
        Assert.Equal(["c"], data.Catalogue.Videos[1].Tags);
        Assert.Equal(["P", "Q"], data.Catalogue.Videos[1].Performers);
        Assert.Equal((null, null, true), (data.Catalogue.Videos[2].Title, data.Catalogue.Videos[2].Price, data.Catalogue.Videos[2].IsActive));

        Assert.Equal(["u1", "u2", "u3"], data.Log.UserIds);
        Assert.Equal([Ms("2025-01-01"), null, null], data.Log.ProfileCreatedAt);
        Assert.Equal([0, 2, 2, 3], data.Log.Offsets);
        Assert.Equal([0, 1, 0], data.Log.Item);
        Assert.Equal([Ms("2026-01-02"), Ms("2026-01-03"), Ms("2026-01-01")], data.Log.Time);
        Assert.Equal([false, true, true], data.Log.Positive);
        Assert.Equal([1f, 1f, 1f], data.Log.Weight);
        Assert.Null(snapshot.Quarantine);
        Assert.Equal((2, 3, 3, 2, 0), (snapshot.ProfileCount, snapshot.VideoCount, snapshot.InteractionCount, snapshot.PositiveCount, snapshot.QuarantinedCount));
    }

    [Fact]
    public async Task RunAsync_RowsInAnotherOrder_GiveTheSameHash()
    {
        var first = await _run.FromAsync(_folder.Path);
        foreach (var name in new[] { SourceFolder.Profiles, SourceFolder.Videos, SourceFolder.Decisions })
        {
            using var rows = JsonDocument.Parse(_folder.Read(name));
            _folder.Write(name, $"[{string.Join(",", rows.RootElement.EnumerateArray().Reverse().Select(row => row.GetRawText()))}]");
        }

        Assert.Equal(first.Hash, (await new SyncRun().FromAsync(_folder.Path)).Hash);
    }

    [Fact]
    public async Task RunAsync_OneOtherRow_GivesAnotherHash()
    {
        var first = await _run.FromAsync(_folder.Path);
        _folder.Append(SourceFolder.Decisions, Decision("u2", "v3", "nope", "2026-01-04"));
        Assert.NotEqual(first.Hash, (await new SyncRun().FromAsync(_folder.Path)).Hash);
    }

    [Fact]
    public async Task RunAsync_NewestDecisionBeforeTheRun_IsTheMomentOfTheSnapshot()
    {
        Assert.Equal(new DateTimeOffset(2026, 1, 3, 0, 0, 0, TimeSpan.Zero), (await _run.FromAsync(_folder.Path)).AsOf);
        _folder.Append(SourceFolder.Decisions, Decision("u2", "v3", "nope", "2026-06-01T20:00:00Z"));
        Assert.Equal(SyncRun.StartedAt, (await _run.FromAsync(_folder.Path)).AsOf);
    }

    [Fact]
    public async Task RunAsync_SeveralDecisionsOfAPair_KeepsTheNewest()
    {
        _folder.Append(
            SourceFolder.Decisions,
            Decision("u1", "v2", "nope", "2026-01-05"),
            Decision("u1", "v2", "like", "2026-01-04"),
            Decision("u1", "v2", "like", "2026-01-01"));

        var snapshot = await _run.FromAsync(_folder.Path);
        var data = await _run.ReadAsync(snapshot);
        Assert.Equal([0, 1, 0], data.Log.Item);
        Assert.Equal([false, false, true], data.Log.Positive);
        Assert.Equal(Ms("2026-01-05"), data.Log.Time[1]);
        Assert.Equal(3, (await _run.ReportAsync(snapshot)).Decisions.Superseded);
        Assert.Equal(0, snapshot.QuarantinedCount);
    }

    [Fact]
    public async Task RunAsync_DecisionsAtOneMoment_KeepsThePositiveWhateverTheOrder()
    {
        foreach (var types in new[] { ("like", "nope"), ("nope", "like") })
        {
            _folder.Write(SourceFolder.Decisions, $"[{Decision("u1", "v1", types.Item1, "2026-01-01")},{Decision("u1", "v1", types.Item2, "2026-01-01")}]");
            var data = await _run.ReadAsync(await _run.FromAsync(_folder.Path));
            Assert.Equal([true], data.Log.Positive);
        }
    }

    [Fact]
    public async Task RunAsync_Report_CountsWhatItSaw()
    {
        _folder.Append(SourceFolder.Decisions, Decision("u2", "nowhere", "like", "2026-01-04"));
        var report = await _run.ReportAsync(await _run.FromAsync(_folder.Path));

        Assert.Equal((4, 3, 1, 1), (report.Decisions.Read, report.Decisions.Kept, report.Decisions.Quarantined, report.Decisions.Orphans));
        Assert.Equal([new("like", 1), new("nope", 1), new("swipe_like", 1)], report.DecisionTypes.ToArray<KeyValuePair<string, long>>());
        Assert.Equal([new("1.0", 3)], report.Weights.ToArray<KeyValuePair<string, long>>());
        Assert.Equal((2, 2, 1, 1), (report.Positives, report.ActiveUsers, report.UsersWithoutProfile, report.ProfilesWithoutDate));
        Assert.Equal(Ms("2026-01-01"), report.FirstDecision.ToUnixTimeMilliseconds());
        Assert.Equal((1, 2), (report.VideosWithout["title"], report.VideosWithout["maker"]));
        Assert.Equal(new QuarantineReason("user_video_decisions.json", "video_id", "the id of a video", 1), Assert.Single(report.Quarantined));
    }

    [Fact]
    public async Task RunAsync_PositiveDecisionsSetting_DecidesWhatIsPositive()
    {
        var snapshot = await _run.FromAsync(_folder.Path, new SourceSettings { PositiveDecisions = ["nope"] });
        Assert.Equal(1, snapshot.PositiveCount);
    }

    [Fact]
    public async Task RunAsync_UpperCaseUuids_MeetLowerCaseOnes()
    {
        const string id = "ccbc334b-ca0a-5a86-b425-b688f30e409e";
        _folder.Write(SourceFolder.Videos, $$"""[{"id": "{{id.ToUpperInvariant()}}"}]""");
        _folder.Write(SourceFolder.Decisions, $"[{Decision("u1", id, "like", "2026-01-01")}]");
        var data = await _run.ReadAsync(await _run.FromAsync(_folder.Path));
        Assert.Equal([id], data.Catalogue.VideoIds);
    }

    internal static string Decision(string user, string video, string type, string createdAt) =>
        $$"""{"user_id": "{{user}}", "video_id": "{{video}}", "decision_type": "{{type}}", "created_at": "{{createdAt}}"}""";

    private static long Ms(string date) => new DateTimeOffset(DateTime.Parse(date), TimeSpan.Zero).ToUnixTimeMilliseconds();
}

using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class SampleGeneratorTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("retrain-sample-").FullName;
    private readonly SampleSettings _settings = new() { Users = 300, Videos = 400, Decisions = 6_000 };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task WriteAsync_SameSettings_SameBytes()
    {
        await SampleGenerator.WriteAsync(Path.Combine(_folder, "a"), _settings, default);
        await SampleGenerator.WriteAsync(Path.Combine(_folder, "b"), _settings, default);
        await SampleGenerator.WriteAsync(Path.Combine(_folder, "c"), _settings with { Seed = 2 }, default);
        foreach (var name in new[] { "profiles.json", "videos_subset.json", "user_video_decisions.json" })
        {
            var bytes = await File.ReadAllBytesAsync(Path.Combine(_folder, "a", name));
            Assert.Equal(bytes, await File.ReadAllBytesAsync(Path.Combine(_folder, "b", name)));
            Assert.NotEqual(bytes, await File.ReadAllBytesAsync(Path.Combine(_folder, "c", name)));
        }
    }

    [Fact]
    public async Task WriteAsync_Rows_SyncWithoutQuarantine()
    {
        var counts = await SampleGenerator.WriteAsync(_folder, _settings, default);
        var run = new SyncRun();
        var end = new DateTimeOffset(_settings.End.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(1);
        var snapshot = await new SyncSource((_, _) => new FolderSource(_folder), () => null, run.Work)
            .RunAsync(new(new SourceSettings()), run.Context with { StartedAt = end }, default);

        Assert.Equal(0, snapshot.QuarantinedCount);
        Assert.Equal((300, 400), (counts.Profiles, counts.Videos));
        Assert.InRange(counts.Decisions, 5_400, 6_600);
        Assert.Equal((counts.Profiles, counts.Videos, counts.Decisions), (snapshot.ProfileCount, snapshot.VideoCount, snapshot.InteractionCount));
        Assert.InRange(snapshot.AsOf, end.AddDays(-3), end);
        Assert.InRange((double)snapshot.PositiveCount / snapshot.InteractionCount, 0.3, 0.8);
    }

    [Fact]
    public async Task WriteAsync_Users_LikeTheirOwnTopicsMoreThanOthers()
    {
        await SampleGenerator.WriteAsync(_folder, _settings, default);
        var run = new SyncRun();
        var data = await run.ReadAsync(await run.FromAsync(_folder, new SourceSettings()));
        var (log, videos) = (data.Log, data.Catalogue.Videos);

        // Two likes of one user share a tag more often than likes of two users: that is what a model can learn.
        int own = 0, others = 0, pairs = 0;
        for (var user = 0; user + 1 < log.Users; user++)
        {
            var likes = Likes(user);
            var next = Likes(user + 1);
            if (likes.Length < 2 || next.Length == 0)
                continue;
            own += videos[likes[0]].Tags.Intersect(videos[likes[^1]].Tags).Any() ? 1 : 0;
            others += videos[likes[0]].Tags.Intersect(videos[next[^1]].Tags).Any() ? 1 : 0;
            pairs++;
        }

        Assert.True(own > 1.3 * others, $"{own} pairs of one user and {others} of two share a tag, of {pairs}");

        int[] Likes(int user) => [.. Enumerable.Range(log.Offsets[user], log.Offsets[user + 1] - log.Offsets[user]).Where(e => log.Positive[e]).Select(e => log.Item[e])];
    }

    [Fact]
    public async Task WriteAsync_Titles_AreJapaneseAndEnglish()
    {
        await SampleGenerator.WriteAsync(_folder, _settings, default);
        var titles = new List<string?>();
        await using var source = new FolderSource(_folder);
        await foreach (var row in source.ReadVideosAsync(default))
            titles.Add(row.Value!.Title);
        Assert.Contains(titles, title => title is not null && title.Contains('の'));
        Assert.Contains(titles, title => title is not null && title.Contains(" of ", StringComparison.Ordinal));
        Assert.Contains(null, titles);
    }

    [Fact]
    public async Task WriteAsync_MoreDecisionsThanPairs_Refuses()
    {
        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => SampleGenerator.WriteAsync(_folder, new SampleSettings { Users = 2, Videos = 4, Decisions = 9 }, default));
        Assert.Equal("sample of 9 decisions, expected at most a quarter of 2 users times 4 videos", error.Message);
    }
}

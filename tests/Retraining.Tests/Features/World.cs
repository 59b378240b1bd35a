using Retraining.Dataset;
using Retraining.Source;

namespace Retraining.Tests.Features;

/// <summary>A small service in memory: videos, users and their decisions.</summary>
internal sealed class World
{
    private readonly SortedDictionary<string, Video> _videos = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (DateTimeOffset? CreatedAt, List<(string Video, DateTimeOffset At, bool Positive)> Events)> _users = new(StringComparer.Ordinal);

    public World Add(params Video[] videos)
    {
        foreach (var video in videos)
            _videos[video.Id] = video;
        return this;
    }

    public World User(string id, string? createdAt, params (string Video, string At, bool Positive)[] events)
    {
        _users[id] = (
            createdAt is null ? null : At(createdAt),
            [.. events.Select(e => (e.Video, At(e.At), e.Positive)).OrderBy(e => e.Item2).ThenBy(e => e.Video, StringComparer.Ordinal)]);
        return this;
    }

    /// <summary>Likes only, at one moment each.</summary>
    public World Likes(string id, params (string Video, string At)[] likes) => User(id, null, [.. likes.Select(like => (like.Video, like.At, true))]);

    public SnapshotData Build()
    {
        var catalogue = new Catalogue { VideoIds = [.. _videos.Keys], Videos = [.. _videos.Values] };
        var offsets = new List<int> { 0 };
        foreach (var (_, events) in _users.Values)
            offsets.Add(offsets[^1] + events.Count);
        var all = _users.Values.SelectMany(user => user.Events).ToArray();
        return new SnapshotData
        {
            Catalogue = catalogue,
            Log = new InteractionLog
            {
                UserIds = [.. _users.Keys],
                ProfileCreatedAt = [.. _users.Values.Select(user => user.CreatedAt?.ToUnixTimeMilliseconds())],
                Offsets = [.. offsets],
                Item = [.. all.Select(e => catalogue.IndexOf(e.Video))],
                Time = [.. all.Select(e => e.At.ToUnixTimeMilliseconds())],
                Positive = [.. all.Select(e => e.Positive)],
                Weight = [.. all.Select(_ => 1f)],
            },
        };
    }

    /// <summary>A world with prices, tags and performers in Japanese, gaps, ties in time and users without likes.</summary>
    public static SnapshotData Random(int seed, int users = 40, int videos = 60)
    {
        var random = new Random(seed);
        string?[] makers = ["アルファ", "ベータ", "ガンマ", null];
        var world = new World();
        for (var v = 0; v < videos; v++)
        {
            world.Add(new Video
            {
                Id = $"v{v:D3}",
                Title = $"作品 {v} ドラマ",
                Price = random.Next(5) == 0 ? null : random.Next(100, 3000) + 0.5,
                DurationSeconds = random.Next(600, 9000),
                Maker = makers[random.Next(4)],
                Label = random.Next(3) == 0 ? null : $"L{random.Next(5)}",
                Series = random.Next(2) == 0 ? null : $"S{random.Next(5)}",
                Source = "web",
                ProductReleasedAt = random.Next(6) == 0 ? null : At("2025-01-01").AddDays(random.Next(300)),
                Tags = [.. Enumerable.Range(0, 8).Where(_ => random.Next(3) == 0).Select(t => $"タグ{t}")],
                Performers = [.. Enumerable.Range(0, 6).Where(_ => random.Next(4) == 0).Select(t => $"女優{t}")],
            });
        }

        for (var u = 0; u < users; u++)
        {
            var events = random.GetItems(Enumerable.Range(0, videos).ToArray(), random.Next(0, 30)).Distinct()
                .Select(v => ($"v{v:D3}", At("2026-01-01").AddHours(random.Next(0, 24 * 60)).ToString("O"), random.Next(3) > 0));
            world.User($"u{u:D3}", u % 7 == 0 ? null : "2025-12-01T05:00:00Z", [.. events]);
        }

        return world.Build();
    }

    public static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, null, System.Globalization.DateTimeStyles.AssumeUniversal);

    public static long Ms(string text) => At(text).ToUnixTimeMilliseconds();
}

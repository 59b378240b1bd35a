using System.IO.Compression;
using System.Text;
using Retraining.Dataset;
using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class ReviewSourceTests : IDisposable
{
    private static readonly long Day = new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private readonly ReviewFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Sync_Reviews_AreLikesFromFourStarsOnInTheOrderOfTheFile()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header
            + "https://shop.example/p/2,r2,5\nhttp://Shop.Example/p/1,r1,3.5\n\"https://shop.example/p/2?utm_source=x\",\"r1\",\"4.0\"\n");

        var snapshot = await _folder.SyncAsync();
        var log = (await _folder.Run.ReadAsync(snapshot)).Log;

        Assert.Equal([("r1", "v1", false, Day + 1), ("r1", "v2", true, Day + 2), ("r2", "v2", true, Day)], await EventsAsync(snapshot));
        Assert.All(log.Weight, weight => Assert.Equal(1f, weight));
        Assert.Equal(0, snapshot.ProfileCount);
    }

    [Fact]
    public async Task Sync_Report_TellsStarsReviewersVideosAndUnknownProducts()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header
            + "https://shop.example/p/1,r1,5\nhttps://shop.example/p/2,r1,0.5\nhttps://shop.example/p/1,r2,5\n"
            + "https://shop.example/p/9,r1,5\nhttps://shop.example/p/9/,r3,5\nhttps://shop.example/p/8,r1,5\nhttps://shop.example/p/1,r9,six\n");

        var snapshot = await _folder.SyncAsync();
        var reviews = (await _folder.Run.ReportAsync(snapshot)).Reviews!;

        Assert.Equal((7, 1, 3, 2, 0), (reviews.Rows, reviews.Faulty, reviews.UnknownRows, reviews.UnknownProducts, reviews.NewVideos));
        Assert.Equal((2, 2), (reviews.Reviewers, reviews.Videos));
        Assert.Equal([new("0.5", 1), new("5.0", 2)], reviews.Stars);
        Assert.Equal([new("shop.example/p/9", 2), new("shop.example/p/8", 1)], reviews.TopUnknown);
        Assert.Equal(new RowBand("1", 1), reviews.RowsPerReviewer[0]);
        Assert.Equal(new RowBand("2-4", 1), reviews.RowsPerReviewer[1]);
        Assert.Equal(3.0 / 7, reviews.UnknownShare, precision: 12);
    }

    [Fact]
    public async Task Sync_ReviewerWhoReviewsAgain_CountsOnceWithTheLastRow()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header + "https://shop.example/p/1,r1,5\nhttps://shop.example/p/2,r1,5\nhttps://shop.example/p/1/,r1,1\n");

        var snapshot = await _folder.SyncAsync();

        Assert.Equal([("r1", "v2", true, Day + 1), ("r1", "v1", false, Day + 2)], await EventsAsync(snapshot));
        Assert.Equal(1, (await _folder.Run.ReportAsync(snapshot)).Decisions.Superseded);
    }

    [Fact]
    public async Task Sync_IngestUnknown_MakesOneMinimalVideoPerProduct()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header
            + "https://shop.example/new?id=1,r1,5\nhttps://shop.example/new,r1,4\nhttps://shop.example/new?id=2,r1,5\nhttp://shop.example/new/?id=1,r2,5\nhttps://shop.example/p/1,r1,5\n");

        var snapshot = await _folder.SyncAsync(_folder.Settings() with { IngestUnknown = true });
        var data = await _folder.Run.ReadAsync(snapshot);
        var reviews = (await _folder.Run.ReportAsync(snapshot)).Reviews!;

        Assert.Equal((3, 0), (reviews.NewVideos, reviews.UnknownRows));
        Assert.Equal(6, snapshot.VideoCount);
        Assert.Equal(5, snapshot.InteractionCount);
        Assert.Equal(3, data.Catalogue.Videos.Count(video => video is { Title: null, IsActive: true } && video.ProductUrl!.Contains("/new", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Sync_NewVideos_HaveTheSameIdsNextTime()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header + "https://shop.example/new,r1,5\n");
        var settings = _folder.Settings() with { IngestUnknown = true };
        var first = await _folder.SyncAsync(settings);
        _folder.Write("reviews.csv", ReviewFolder.Header + "http://SHOP.example/new/,r1,5\n");

        Assert.Equal((await EventsAsync(first))[0].Video, (await EventsAsync(await _folder.SyncAsync(settings)))[0].Video);
    }

    [Fact]
    public async Task Sync_WithDecisions_HasBothAndWeighsEachSource()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header + "https://shop.example/p/1,r1,2.5\nhttps://shop.example/p/2,r1,5\n");
        var settings = _folder.Settings() with { Kind = "files", WeightByStars = true, ReviewWeight = 0.5, DecisionWeight = 2 };

        var snapshot = await _folder.SyncAsync(settings);
        var log = (await _folder.Run.ReadAsync(snapshot)).Log;

        // Three decisions of weight 2; 0.5 × 2.5 / 5 = 0.25 and 0.5 × 5 / 5 = 0.5.
        Assert.Equal([0.25f, 0.5f, 2, 2, 2], log.Weight.Order());
        Assert.Equal(2, snapshot.ProfileCount);
        Assert.Equal(3, (await _folder.Run.ReportAsync(snapshot)).Reviews!.Rows + 1);
    }

    [Fact]
    public async Task Sync_DateColumnAndMixedCaseHeader_AreRead()
    {
        _folder.Write("reviews.csv", "Stars;Reviewed_At;Product_URL;title;Reviewer_ID\n5;2026-03-01T00:00:00Z;https://shop.example/p/1;\"Great;\r\nreally\";r1\n4;;https://shop.example/p/2;;r1\n");

        var events = await EventsAsync(await _folder.SyncAsync());

        Assert.Equal([("r1", "v1", true, new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds()), ("r1", "v2", true, Day)], events);
    }

    [Fact]
    public async Task Sync_PatternOfFiles_ReadsAllInOrdinalOrder()
    {
        _folder.Write("reviews_2.csv", ReviewFolder.Header + "https://shop.example/p/1,r1,1\n");
        _folder.Write("reviews_1.csv", ReviewFolder.Header + "https://shop.example/p/1,r1,5\n");

        var snapshot = await _folder.SyncAsync(_folder.Settings("reviews_*.csv"));

        Assert.Equal([("r1", "v1", false, Day + 1)], await EventsAsync(snapshot));
        Assert.Equal(2, (await _folder.Run.ReportAsync(snapshot)).Reviews!.Files);
    }

    public static TheoryData<string> Encodings => ["utf-8", "utf-8 with mark", "utf-16le with mark", "utf-16be with mark", "utf-16le", "utf-16be", "gzip"];

    [Theory]
    [MemberData(nameof(Encodings))]
    public async Task Sync_Encodings_GiveTheSameSnapshot(string name)
    {
        const string Text = ReviewFolder.Header + "https://shop.example/p/1,花子,5\r\nhttps://shop.example/p/2,太郎,1.5\r\n";
        _folder.Write("reviews.csv", Text);
        var expected = await _folder.SyncAsync();

        if (name == "gzip")
        {
            using var bytes = new MemoryStream();
            using (var gzip = new GZipStream(bytes, CompressionLevel.Fastest))
                gzip.Write(Encoding.UTF8.GetBytes(Text));
            _folder.Write("other.csv.gz", bytes.ToArray());
        }
        else
        {
            var mark = name.EndsWith("mark", StringComparison.Ordinal);
            _folder.Write("other.csv", Text, name.StartsWith("utf-16", StringComparison.Ordinal) ? new UnicodeEncoding(name.Contains("be", StringComparison.Ordinal), mark) : new UTF8Encoding(mark));
        }

        Assert.Equal(expected.Hash, (await _folder.SyncAsync(_folder.Settings(name == "gzip" ? "other.csv.gz" : "other.csv"))).Hash);
    }

    [Fact]
    public async Task Read_FileOfAnySize_IsNeverReadFarAhead()
    {
        await using var content = new EndlessReviews();
        var (rows, furthest) = (0L, 0L);
        await foreach (var row in new ReviewFile("reviews.csv").ReadAsync(content, null, CancellationToken.None))
        {
            Assert.Null(row.Fault);
            furthest = Math.Max(furthest, content.Position - EndlessReviews.EndOf(++rows));
            if (rows == 500_000) // 20 MB
                break;
        }

        Assert.InRange(furthest, 0, 1 << 20);
    }

    [Fact]
    public async Task Sync_RowsOverSeveralLinesAndTwins_CountOncePerReviewerAndProduct()
    {
        const string Note = "\"She said \"\"no\"\",\r\nthen\nleft\"";
        _folder.Write("reviews.csv", "note,product_url,reviewer_id,stars\n"
            + $"{Note},https://shop.example/p/1,r1,5\n{Note},https://shop.example/p/1,r1,5\n{Note},HTTPS://shop.example/p/1/?utm_source=mail,r1,4.5\n");

        var snapshot = await _folder.SyncAsync();

        Assert.Equal([("r1", "v1", true, Day + 2)], await EventsAsync(snapshot));
        var report = await _folder.Run.ReportAsync(snapshot);
        Assert.Equal((3, 2), (report.Reviews!.Rows, report.Decisions.Superseded));
    }

    [Fact]
    public async Task Read_UuidReviewers_GetAnIdOfTheirOwn()
    {
        _folder.Write("reviews.csv", ReviewFolder.Header + "https://shop.example/p/1,r1,5\nhttps://shop.example/p/2,6F9619FF-8B86-D011-B42D-00C04FC964FF,5\n");
        await using var source = new ReviewSource(new FolderSource(_folder.Path), _folder.Settings(), uuidReviewers: true);
        await source.ReadVideosAsync(default).CountAsync();
        var users = await source.ReadDecisionsAsync(default).Select(row => row.Value!.UserId).ToArrayAsync();

        Assert.True(Guid.TryParse(users[0], out _));
        Assert.Equal("6f9619ff-8b86-d011-b42d-00c04fc964ff", users[1]);
    }

    private async Task<(string User, string Video, bool Positive, long Time)[]> EventsAsync(Snapshot snapshot)
    {
        var data = await _folder.Run.ReadAsync(snapshot);
        var log = data.Log;
        return
        [
            .. from user in Enumerable.Range(0, log.Users)
               from at in Enumerable.Range(log.Offsets[user], log.Offsets[user + 1] - log.Offsets[user])
               select (log.UserIds[user], data.Catalogue.Videos[log.Item[at]].Id, log.Positive[at], log.Time[at]),
        ];
    }
}

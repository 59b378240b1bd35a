using System.Text.Json;
using Retraining.Dataset;
using Retraining.Features;
using TwoTower.Model;

namespace Retraining.Tests.Features;

public sealed class HistoryVectorizerTests
{
    [Theory]
    [InlineData("v2", 1)]
    [InlineData("v3", 2)]
    [InlineData("v3", 3)]
    public void Write_AnyMoment_EqualsTheVectorOfItsPayload(string version, int seed)
    {
        var data = World.Random(seed);
        var history = new HistoryVectorizer(Fit(data, version), data.Catalogue, data.Log);
        var payloads = new UserVectorizer(history.Spec);
        var random = new Random(seed);
        for (var user = 0; user < data.Log.Users; user++)
        {
            var end = random.Next(data.Log.Offsets[user], data.Log.Offsets[user + 1] + 1);
            var asOf = (end > data.Log.Offsets[user] ? data.Log.Time[end - 1] : World.Ms("2026-01-01")) + random.Next(1, int.MaxValue);

            var payload = history.Payload(user, end, asOf);
            var overTheWire = JsonSerializer.Deserialize<UserPayload>(JsonSerializer.Serialize(payload))!;

            Assert.Equal(Row(history, user, end, asOf), payloads.Vector(overTheWire, DateTimeOffset.FromUnixTimeMilliseconds(asOf)));
        }
    }

    [Fact]
    public void Write_LaterEventsChanged_GivesTheSameRow()
    {
        var data = World.Random(5);
        var spec = Fit(data, "v3");
        var log = data.Log;
        var user = Enumerable.Range(0, log.Users).MaxBy(u => log.Offsets[u + 1] - log.Offsets[u]);
        var time = log.Time[(log.Offsets[user] + log.Offsets[user + 1]) / 2];
        var history = new HistoryVectorizer(spec, data.Catalogue, log);
        var end = history.EndBefore(user, time);
        var before = Row(history, user, end, time);

        for (var e = end; e < log.Offsets[user + 1]; e++)
            (log.Item[e], log.Positive[e], log.Time[e]) = (0, !log.Positive[e], log.Time[e] + 1000);

        Assert.Equal(before, Row(new HistoryVectorizer(spec, data.Catalogue, log), user, end, time));
    }

    [Fact]
    public void EndBefore_EventsAtTheSameTime_LeavesThemOut()
    {
        var data = new World().Add(Video("a"), Video("b"), Video("c"))
            .Likes("u", ("a", "2026-01-01"), ("b", "2026-01-02"), ("c", "2026-01-02")).Build();
        var history = new HistoryVectorizer(Fit(data, "v2"), data.Catalogue, data.Log);

        Assert.Equal(1, history.EndBefore(0, World.Ms("2026-01-02")));
        Assert.Equal(3, history.EndBefore(0, World.Ms("2026-01-02") + 1));
        Assert.Equal(0, history.EndBefore(0, World.Ms("2026-01-01")));
    }

    [Fact]
    public void Payload_MixedDecisions_CountsAsTheContractSays()
    {
        var data = new World()
            .Add(Video("a", 100), Video("b", 300), Video("c"), Video("d", 1000))
            .User("u", "2025-12-31T00:00:00Z",
                ("a", "2025-11-01T03:00:00Z", true), ("b", "2026-01-02T05:30:00Z", true), ("c", "2026-01-03T10:00:00Z", true), ("d", "2026-01-04T00:00:00Z", false))
            .Build();
        var history = new HistoryVectorizer(Fit(data, "v3"), data.Catalogue, data.Log);

        var payload = history.Payload(0, 4, World.Ms("2026-01-10"));

        Assert.Equal((3, 1, 4), (payload.DecisionStats.LikeCount, payload.DecisionStats.NopeCount, payload.DecisionStats.DecisionCount));
        Assert.Equal((2, 1, 3), (payload.DecisionStats.LikeCount30d, payload.DecisionStats.NopeCount30d, payload.DecisionStats.DecisionCount30d));
        Assert.Equal((3 + 5 + 10) / 3.0, payload.DecisionStats.AverageLikeHour); // whole hours
        Assert.Equal(World.At("2026-01-03T10:00:00Z"), payload.DecisionStats.RecentLikeAt);
        Assert.Equal((200.0, 200.0), (payload.PriceStats.Mean, payload.PriceStats.Median)); // c has no price, d is not liked
        Assert.Equal(["a", "b", "c"], payload.LikedVideos!.Select(like => like.VideoId));
    }

    [Theory]
    [InlineData(0, 1)]  // exactly 30 days ago: the window's start is outside
    [InlineData(-1, 2)] // a millisecond less
    public void Payload_DecisionAtTheEdgeOfTheWindow_CountsFromTheMillisecondAfterItsStart(long shift, int expected)
    {
        var data = new World().Add(Video("a"), Video("b")).Likes("u", ("a", "2026-01-01"), ("b", "2026-01-20")).Build();
        var history = new HistoryVectorizer(Fit(data, "v3"), data.Catalogue, data.Log);
        Assert.Equal(expected, history.Payload(0, 2, World.Ms("2026-01-31") + shift).DecisionStats.LikeCount30d);
    }

    [Fact]
    public void Write_ThinnedHistory_KeepsTheNumbersAndThinsTheBags()
    {
        var data = World.Random(6);
        var history = new HistoryVectorizer(Fit(data, "v3"), data.Catalogue, data.Log);
        var user = Enumerable.Range(0, data.Log.Users).MaxBy(u => data.Log.Offsets[u + 1] - data.Log.Offsets[u]);
        int[] known = [.. Enumerable.Range(data.Log.Offsets[user], data.Log.Offsets[user + 1] - data.Log.Offsets[user])];
        var asOf = data.Log.Time[known[^1]] + 1;
        var rows = new SparseRows(history.Columns);

        history.Write(user, known, [known[0]], asOf, rows);

        var thinned = new float[history.Columns];
        rows.CopyRowTo(0, thinned);
        var full = Row(history, user, known[^1] + 1, asOf);
        Assert.Equal(full[..9], thinned[..9]);
        Assert.True(thinned[history.Spec.UserColumns("hour_of_week")].Count(value => value != 0) <= 1);
        Assert.NotEqual(full, thinned);
    }

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(50, 1)]
    [InlineData(50, 2)]
    [InlineData(50, 9)]
    public void Blocks_AnyThreads_GiveTheRowsOfWriteOneAfterTheOther(int blocks, int threads)
    {
        var data = World.Random(7);
        var history = new HistoryVectorizer(Fit(data, "v3"), data.Catalogue, data.Log);
        (int Start, int End)[] ranges = [.. Enumerable.Range(0, blocks).Select(block => (block * 20, (block * 20) + (block % 21)))]; // some are empty
        HistoryMoment[] moments = [.. Moments(data.Log, 20 * (blocks + 1))];
        var block = 0;
        foreach (var rows in history.Blocks(ranges, row => moments[row], threads))
        {
            var (start, end) = ranges[block++];
            var expected = new SparseRows(history.Columns);
            foreach (var (user, known, asOf) in moments[start..end])
                history.Write(user, known, asOf, expected);
            Assert.Equal(expected.Offsets, rows.Offsets);
            Assert.Equal(expected.Indices, rows.Indices);
            Assert.Equal(expected.Values, rows.Values);
        }

        Assert.Equal(blocks, block);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Numbers_ManyMoments_AreThoseOfThePayloads(int threads)
    {
        var data = World.Random(8);
        var history = new HistoryVectorizer(Fit(data, "v3"), data.Catalogue, data.Log);
        HistoryMoment[] moments = [.. Moments(data.Log, 600)];
        var numbers = Enum.GetValues<UserNumber>();

        var values = new double[moments.Length * numbers.Length];
        history.Numbers(moments, numbers, values, threads);

        Assert.Equal(
            moments.SelectMany(moment => numbers.Select(number => Plain(data, moment)[number, moment.AsOf])),
            values);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    public void Write_ChosenEvents_GivesTheRowOfTheirRange(int most)
    {
        var data = World.Random(9);
        var history = new HistoryVectorizer(Fit(data, "v3"), data.Catalogue, data.Log);
        for (var user = 0; user < data.Log.Users; user++)
        {
            var start = data.Log.Offsets[user];
            var end = Math.Min(data.Log.Offsets[user + 1], start + most);
            int[] events = [.. Enumerable.Range(start, end - start)];
            var rows = new SparseRows(history.Columns);
            history.Write(user, events, events, World.Ms("2026-02-10"), rows);

            var dense = new float[history.Columns];
            rows.CopyRowTo(0, dense);
            Assert.Equal(Row(history, user, end, World.Ms("2026-02-10")), dense);
        }
    }

    /// <summary>Counted one by one, as the contract has it.</summary>
    private static UserStatistics Plain(SnapshotData data, HistoryMoment moment)
    {
        var log = data.Log;
        int[] known = [.. Enumerable.Range(log.Offsets[moment.User], moment.End - log.Offsets[moment.User])];
        int[] likes = [.. known.Where(e => log.Positive[e])];
        double[] prices = [.. likes.Select(e => data.Catalogue.Videos[log.Item[e]].Price).OfType<double>().Order()];
        int Recent(int[] events) => events.Count(e => log.Time[e] > moment.AsOf - (30L * 86_400_000));
        return new()
        {
            ProfileCreatedAt = log.ProfileCreatedAt[moment.User],
            LikeCount = likes.Length,
            NopeCount = known.Length - likes.Length,
            DecisionCount = known.Length,
            RecentLikeAt = likes.Length > 0 ? log.Time[likes[^1]] : null,
            AverageLikeHour = likes.Length > 0 ? likes.Average(e => DateTimeOffset.FromUnixTimeMilliseconds(log.Time[e]).Hour) : null,
            MeanPrice = prices.Length > 0 ? prices.Average() : null,
            MedianPrice = prices.Length > 0 ? (prices[(prices.Length - 1) / 2] + prices[prices.Length / 2]) / 2 : null,
            LikeCount30d = Recent(likes),
            NopeCount30d = Recent(known) - Recent(likes),
            DecisionCount30d = Recent(known),
        };
    }

    /// <summary>Any user in the middle of a history, at its start or its end.</summary>
    private static IEnumerable<HistoryMoment> Moments(InteractionLog log, int count)
    {
        var random = new Random(count);
        for (var k = 0; k < count; k++)
        {
            var user = random.Next(log.Users);
            var end = random.Next(log.Offsets[user], log.Offsets[user + 1] + 1);
            var last = end > log.Offsets[user] ? log.Time[end - 1] : World.Ms("2026-01-01");
            yield return new(user, end, last + random.NextInt64(40L * 86_400_000));
        }
    }

    private static float[] Row(HistoryVectorizer history, int user, int end, long asOf)
    {
        var rows = new SparseRows(history.Columns);
        history.Write(user, end, asOf, rows);
        var dense = new float[history.Columns];
        rows.CopyRowTo(0, dense);
        return dense;
    }

    private static FeatureSpec Fit(SnapshotData data, string version) =>
        new FeatureFitter(new FeatureSettings { Version = version }, data.Catalogue, data.Log, TimeSplit.Of(data.Log, new SplitSettings()))
            .Fit(8, "user_features", "item_features");

    private static Retraining.Source.Video Video(string id, double? price = null) => new() { Id = id, Price = price, Tags = ["t"] };
}

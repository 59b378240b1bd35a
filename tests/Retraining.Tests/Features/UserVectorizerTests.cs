using System.Text.Json;
using Retraining.Execution;
using Retraining.Features;

namespace Retraining.Tests.Features;

public sealed class UserVectorizerTests
{
    private const string Payload =
        """
        {"user_id":"u1","profile":{"created_at":"2026-01-01T00:00:00Z"},
         "decision_stats":{"like_count":3,"nope_count":1,"decision_count":4,"recent_like_at":"2026-01-10T12:00:00Z","average_like_hour":11.5},
         "price_stats":{"mean":500,"median":400},
         "tags":["b","a","b","unknown"],"performers":[]}
        """;

    [Fact]
    public void Vector_V2Payload_MatchesTheHandComputedOne()
    {
        var vector = new UserVectorizer(V2()).Vector(JsonSerializer.Deserialize<UserPayload>(Payload)!, World.At("2026-01-11T00:00:00Z"));

        float[] expected =
        [
            (10 - 5) / 2f,      // account age 10 days; mean 5, std 2
            (500 - 300) / 100f, // mean price
            (400 - 300) / 1f,   // median price; std 0 is taken as 1
            (0.75f - 0.5f) / 1, // 3 likes of 4 decisions
            (3 - 1) / 2f,
            (1 - 0) / 1f,
            (4 - 2) / 4f,
            (0.5f - 1.5f) / 2f, // liked 12 hours ago
            11.5f / 23,
            1 / MathF.Sqrt(5), 2 / MathF.Sqrt(5), // a once, b twice: length √(1 + 4)
            0, 0,                                 // no performers
        ];
        Assert.Equal(expected.Length, vector.Length);
        for (var column = 0; column < expected.Length; column++)
            Assert.Equal(expected[column], vector[column], 1e-6f);
    }

    [Fact]
    public void Vector_UserWithoutAnything_TakesTheStatedDefaults()
    {
        var vector = new UserVectorizer(V2()).Vector(new UserPayload { UserId = "new" }, World.At("2026-01-11"));

        // ages and prices 0, like_ratio 0.5, hour 12; all standardised
        Assert.Equal([-2.5f, -3, -300, 0, -0.5f, 0, -0.5f, -0.75f, 12 / 23f, 0, 0, 0, 0], vector);
    }

    [Theory]
    [InlineData(5, 4, 1.0)] // more likes than decisions is clipped
    [InlineData(0, 4, 0.0)]
    public void Vector_LikeRatio_StaysWithinZeroAndOne(int likes, int decisions, double ratio)
    {
        var payload = new UserPayload { UserId = "u", DecisionStats = new DecisionStats { LikeCount = likes, DecisionCount = decisions } };
        Assert.Equal((float)(ratio - 0.5), new UserVectorizer(V2()).Vector(payload, World.At("2026-01-11"))[3]);
    }

    [Fact]
    public void Constructor_UnknownFeature_NamesSegmentAndFeature()
    {
        var spec = V2() with { UserSegments = [new FeatureSegment { Name = "numeric", Size = 1, Type = SegmentType.StandardScore, Features = ["shoe_size"] }] };
        var error = Assert.Throws<PermanentStageException>(() => new UserVectorizer(spec));
        Assert.Contains("segment numeric: feature shoe_size, expected one of account_age_days", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Vector_LikedVideos_WeighsByAgeOfTheLike()
    {
        var spec = V2() with
        {
            UserSegments =
            [
                new FeatureSegment
                {
                    Name = "liked_videos", Size = 3, Type = SegmentType.WeightedBow, Vocab = "vocab_video.json", From = "liked_videos.video_id",
                    Norm = "sum", HalfLifeDays = 10,
                },
                new FeatureSegment { Name = "hour_of_week", Size = 168, Type = SegmentType.HourOfWeekHistogram, From = "liked_videos.liked_at", Norm = "l2" },
                new FeatureSegment { Name = "price_band", Size = 3, Type = SegmentType.PriceHistogram, From = "liked_videos.price", Norm = "sum", Edges = [100, 200] },
            ],
            Vocabularies = new Dictionary<string, Vocabulary> { ["video"] = new(["x", "y", "z"]) },
        };
        var payload = new UserPayload
        {
            UserId = "u",
            LikedVideos =
            [
                new LikedVideo { VideoId = "x", LikedAt = World.At("2026-01-04T23:30:00Z"), Price = 100 }, // Sunday; at an edge: the band above
                new LikedVideo { VideoId = "z", LikedAt = World.At("2026-01-14T23:30:00Z"), Price = 99 },  // Wednesday
                new LikedVideo { VideoId = "unknown", LikedAt = World.At("2026-01-14T23:30:00Z") },
            ],
        };

        var vector = new UserVectorizer(spec).Vector(payload, World.At("2026-02-01"));

        // x is one half-life older than z: 1/2 to 1, so thirds
        Assert.Equal(1 / 3f, vector[0], 1e-6f);
        Assert.Equal(0, vector[1]);
        Assert.Equal(2 / 3f, vector[2], 1e-6f);
        Assert.Equal(1 / MathF.Sqrt(5), vector[3 + 23], 1e-6f);
        Assert.Equal(2 / MathF.Sqrt(5), vector[3 + (3 * 24) + 23], 1e-6f);
        Assert.Equal([0.5f, 0.5f, 0], vector[^3..]);
    }

    [Fact]
    public void Vector_SharesCountsAndRatio_MatchTheHandComputedOnes()
    {
        var spec = V2() with
        {
            UserSegments =
            [
                new FeatureSegment
                {
                    Name = "maker_distribution", Size = 2, Type = SegmentType.Distribution, Vocab = "vocab_maker.json", From = "liked_videos.maker", Norm = "sum",
                },
                new FeatureSegment
                {
                    Name = "activity_30d", Size = 3, Type = SegmentType.Log1p, Features = ["like_count_30d", "nope_count_30d", "decision_count_30d"],
                },
                new FeatureSegment { Name = "positive_ratio_30d", Size = 1, Type = SegmentType.Ratio, Features = ["positive_ratio_30d"] },
            ],
            Vocabularies = new Dictionary<string, Vocabulary> { ["maker"] = new(["A", "B"]) },
        };
        string?[] makers = ["A", "B", "A", "A", "unknown", null];
        var payload = new UserPayload
        {
            UserId = "u",
            DecisionStats = new() { LikeCount30d = 3, NopeCount30d = 0, DecisionCount30d = 4 },
            LikedVideos = [.. makers.Select(maker => new LikedVideo { VideoId = "v", LikedAt = World.At("2026-01-04"), Maker = maker })],
        };

        var vector = new UserVectorizer(spec).Vector(payload, World.At("2026-02-01"));

        // three of A and one of B among the known makers; log(1 + 3), log(1), log(1 + 4); 3 of 4
        Assert.Equal([0.75f, 0.25f, MathF.Log(4), 0, MathF.Log(5), 0.75f], vector);
    }

    private static FeatureSpec V2() => new()
    {
        Version = "v2",
        InputSchemaVersion = 2,
        EmbeddingDim = 4,
        UserSegments =
        [
            new FeatureSegment { Name = "numeric", Size = 8, Type = SegmentType.StandardScore, Features = FeatureLayout.UserNumeric },
            new FeatureSegment { Name = "hour_of_day", Size = 1, Type = SegmentType.ScaledBucket, Features = ["hour_of_day"], Range = [0, 23] },
            new FeatureSegment { Name = "tag_vector", Size = 2, Type = SegmentType.L2NormalizedBow, Vocab = "vocab_tag.json" },
            new FeatureSegment { Name = "actress_vector", Size = 2, Type = SegmentType.L2NormalizedBow, Vocab = "vocab_actress.json" },
        ],
        ItemSegments = [],
        Normalizer = new Normalizer
        {
            UserNumeric = new Dictionary<string, Standardization>
            {
                ["account_age_days"] = new(5, 2),
                ["mean_price"] = new(300, 100),
                ["median_price"] = new(300, 0),
                ["like_ratio"] = new(0.5, 1),
                ["like_count"] = new(1, 2),
                ["nope_count"] = new(0, 1),
                ["decision_count"] = new(2, 4),
                ["recent_like_days"] = new(1.5, 2),
            },
            ItemNumeric = new Dictionary<string, Standardization>(),
        },
        Vocabularies = new Dictionary<string, Vocabulary> { ["tag"] = new(["a", "b"]), ["actress"] = new(["p", "q"]) },
    };
}

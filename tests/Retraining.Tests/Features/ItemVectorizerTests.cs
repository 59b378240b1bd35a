using Retraining.Dataset;
using Retraining.Features;

namespace Retraining.Tests.Features;

public sealed class ItemVectorizerTests
{
    private static readonly Dictionary<string, Vocabulary> Vocabularies = new()
    {
        ["tag"] = new(["a", "b", "c"]),
        ["actress"] = new(["p"]),
        ["maker"] = new(["アルファ", "ベータ"]),
    };

    [Fact]
    public void Vector_V2Payload_MatchesTheHandComputedOne()
    {
        var vector = new ItemVectorizer(Spec(ItemLayout.V2Segments(Vocabularies, World.At("2026-01-31")))).Vector(new ItemPayload
        {
            VideoId = "v",
            Price = 1200,
            DurationSeconds = 3600,
            ProductReleasedAt = World.At("2026-01-21T12:00:00Z"),
            Tags = ["c", "a", "x"],
            Performers = ["q"],
        });

        float[] expected =
        [
            (1200 - 1000) / 100f,
            (9.5f - 4.5f) / 10f, // released 9.5 days before the newest
            (3600 - 3000) / 600f,
            1 / MathF.Sqrt(2), 0, 1 / MathF.Sqrt(2),
            0, // q is not in the vocabulary
        ];
        Assert.Equal(expected.Length, vector.Length);
        for (var column = 0; column < expected.Length; column++)
            Assert.Equal(expected[column], vector[column], 1e-6f);
    }

    [Fact]
    public void Vector_UnknownNumbers_AreZeroBeforeScalingInV2AndAfterItInLogs()
    {
        var spec = Spec([.. ItemLayout.V2Segments(Vocabularies, World.At("2026-01-31")), Log1p("price_log1p")]);
        var vector = new ItemVectorizer(spec).Vector(new ItemPayload { VideoId = "v" });

        Assert.Equal([-10, -0.45f, -5, 0, 0, 0, 0, 0], vector);
    }

    [Fact]
    public void Vector_V3Segments_MatchTheHandComputedOnes()
    {
        var spec = Spec(
        [
            FeatureLayout.Bag("maker", SegmentType.OneHot, "maker", Vocabularies, "maker", norm: null),
            Log1p("price_log1p"),
            new FeatureSegment { Name = "text", Size = 64, Type = SegmentType.HashedBow, Hash = "fnv1a32", Tokenizer = TextTokens.Name },
        ]);
        var vector = new ItemVectorizer(spec).Vector(new ItemPayload { VideoId = "v", Maker = "ベータ", Price = Math.E - 1, Title = "a a", Description = "b" });

        Assert.Equal([0, 1], vector[..2]);
        Assert.Equal(0.25f, vector[2], 1e-6f);                                 // log(1 + e - 1) = 1; (1 - 0.5) / 2
        Assert.Equal(2 / MathF.Sqrt(5), vector[3 + (0xE40C292C % 64)], 1e-6f); // FNV-1a of "a", twice
        Assert.Equal(1 / MathF.Sqrt(5), vector[3 + (0xE70C2DE5 % 64)], 1e-6f); // and of "b"
    }

    [Theory]
    [InlineData(new[] { 3f, 0, -4 }, new[] { 1, 0.6f, 0, -0.8f })] // of length 5
    [InlineData(new[] { 0f, 0, 0 }, new[] { 1f, 0, 0, 0 })]
    [InlineData(new[] { 3f, 4 }, new[] { 0f, 0, 0, 0 })] // another width counts as none
    [InlineData(null, new[] { 0f, 0, 0, 0 })]
    public void Vector_DenseVector_IsOfLengthOneBehindItsIndicator(float[]? vector, float[] expected)
    {
        var spec = Spec([new FeatureSegment { Name = "image_vector", Size = 4, Type = SegmentType.DenseVector, From = "image_vector" }]);
        Assert.Equal(expected, new ItemVectorizer(spec).Vector(new ItemPayload { VideoId = "v", TextVector = [1, 1, 1], ImageVector = vector }));
    }

    [Fact]
    public void Vector_AgeAndPopularity_MatchTheHandComputedOnes()
    {
        var spec = Spec([Log1p("release_age_days_log1p") with { Reference = World.At("2026-01-31") }, Log1p("positive_count_log1p")]);
        spec = spec with
        {
            Normalizer = spec.Normalizer with
            {
                ItemNumeric = new Dictionary<string, Standardization> { ["release_age_days_log1p"] = new(1, 2), ["positive_count_log1p"] = new(0, 4) },
            },
        };
        var vectorizer = new ItemVectorizer(spec);

        float[] Vector(string released, int? likes) =>
            vectorizer.Vector(new ItemPayload { VideoId = "v", ProductReleasedAt = World.At(released), PositiveCount = likes });

        Assert.Equal([(float)((Math.Log(1 + 10.5) - 1) / 2), (float)(Math.Log(1 + 7) / 4)], Vector("2026-01-20T12:00:00Z", 7));
        Assert.Equal([-0.5f, 0], Vector("2026-03-01", 0));    // announced, not yet out: age 0
        Assert.Equal(0, Vector("2026-01-31", null)[1]);       // unknown is not none: 0 after scaling
    }

    /// <summary>No leakage: what users did after the training part is in no item's features.</summary>
    [Fact]
    public void Write_HeldOutEventsChanged_GivesTheSameRows()
    {
        var data = World.Random(23);
        var split = TimeSplit.Of(data.Log, new SplitSettings());
        var fitted = new FeatureFitter(new FeatureSettings(), data.Catalogue, data.Log, split).Fit(8, "u", "i");
        var before = Rows();

        for (var user = 0; user < data.Log.Users; user++)
        {
            for (var e = split.ValidationStart[user]; e < data.Log.Offsets[user + 1]; e++)
                (data.Log.Item[e], data.Log.Positive[e]) = (3, true);
        }

        Assert.Equal(before, Rows());

        float[] Rows() => new ItemVectorizer(fitted)
            .WriteAll(data.Catalogue, ItemPopularity.Count(data.Log, split, data.Catalogue.Count), default).Values.ToArray();
    }

    private static FeatureSegment Log1p(string name) => new() { Name = name, Size = 1, Type = SegmentType.Log1pStandardScore, Features = [name] };

    private static FeatureSpec Spec(IReadOnlyList<FeatureSegment> segments) => new()
    {
        Version = "v3",
        InputSchemaVersion = 3,
        EmbeddingDim = 4,
        UserSegments = [],
        ItemSegments = segments,
        Normalizer = new Normalizer
        {
            UserNumeric = new Dictionary<string, Standardization>(),
            ItemNumeric = new Dictionary<string, Standardization>
            {
                ["price"] = new(1000, 100),
                ["recency_days"] = new(4.5, 10),
                ["duration_seconds"] = new(3000, 600),
                ["price_log1p"] = new(0.5, 2),
            },
        },
        Vocabularies = Vocabularies,
    };
}

using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Features;
using Retraining.Source;
using Retraining.Tests.Artifacts;

namespace Retraining.Tests.Features;

public sealed class FeatureFitterTests
{
    [Theory]
    [InlineData("v2")]
    [InlineData("v3")]
    public async Task Fit_HeldOutEventsChanged_GivesTheSameFiles(string version)
    {
        var data = World.Random(21);
        var split = TimeSplit.Of(data.Log, new SplitSettings());
        var before = await FilesAsync(Fit(data, split, version));

        for (var user = 0; user < data.Log.Users; user++)
        {
            for (var e = split.ValidationStart[user]; e < data.Log.Offsets[user + 1]; e++)
                (data.Log.Item[e], data.Log.Positive[e], data.Log.Time[e]) = (3, true, data.Log.Time[e] + 86_400_000L);
        }

        Assert.Equal(before, await FilesAsync(Fit(data, split, version)));
    }

    [Fact]
    public void Fit_Vocabulary_IsByFallingFrequencyThenOrdinalName()
    {
        var data = new World()
            .Add(Video("1", "い", "b", "a"), Video("2", "い", "b", "a"), Video("3", "い", "あ", "rare"), Video("4", "い", "あ", "x"))
            .Likes("u", ("1", "2026-01-01")).Build();
        var settings = new FeatureSettings { MinTagFreq = 2, MaxTagVocab = 3 };
        var spec = new FeatureFitter(settings, data.Catalogue, data.Log, TimeSplit.AllTraining(data.Log)).Fit(4, "u", "i");

        Assert.Equal(["い", "a", "b"], spec.Vocabularies["tag"].Tokens); // 4, 2, 2; あ (2) is beyond the cap, rare and x below the minimum
    }

    [Fact]
    public void Fit_VideoVocabulary_CountsTrainingLikesOnly()
    {
        var data = new World().Add(Video("a"), Video("b"), Video("c"), Video("d"), Video("e"))
            .Likes("u1", ("a", "2026-01-01"), ("b", "2026-01-02"), ("c", "2026-01-03"), ("d", "2026-01-04"), ("e", "2026-01-05"))
            .Likes("u2", ("b", "2026-01-01"), ("a", "2026-01-02"), ("c", "2026-01-03"), ("d", "2026-01-04"), ("e", "2026-01-05"))
            .User("u3", null, ("b", "2026-01-01", true), ("a", "2026-01-02", false))
            .Build();
        var spec = Fit(data, TimeSplit.Of(data.Log, new SplitSettings()), "v3");

        Assert.Equal(["b", "a", "c", "d"], spec.Vocabularies["video"].Tokens); // b 3, the others 2; e is held out in both
    }

    [Fact]
    public void Fit_V3Caps_KeepTheDenseUserInputBelow32768()
    {
        var settings = new FeatureSettings();
        var most = 8 + 1 + settings.MaxTagVocab + settings.MaxActressVocab + settings.MaxVideoVocab + settings.MaxMakerVocab + settings.MaxLabelVocab
            + settings.MaxSeriesVocab + settings.MaxSourceVocab + settings.MaxPriceBands + 168 + 3 + 1;
        Assert.InRange(most, 1, 32_767);

        var spec = Fit(World.Random(3), version: "v3");
        Assert.Equal(["numeric", "hour_of_day", "tag_vector", "actress_vector"], spec.UserSegments.Take(4).Select(segment => segment.Name));
        Assert.Equal(
            ["liked_videos", "maker_distribution", "label_distribution", "series_distribution", "source_distribution", "price_band", "hour_of_week", "activity_30d", "positive_ratio_30d"],
            spec.UserSegments.Skip(4).Select(segment => segment.Name));
    }

    [Fact]
    public void Fit_ItemNumbers_HaveTheCataloguesMeanAndDeviation()
    {
        var data = new World().Add(Priced("a", 100), Priced("b", 300), Priced("c", null), Priced("d", 400)).Likes("u", ("a", "2026-01-01")).Build();
        var spec = Fit(data, TimeSplit.AllTraining(data.Log), "v3");

        var price = spec.Normalizer.ItemNumeric["price"]; // 100, 300, 0, 400: mean 200, variance (10000 + 10000 + 40000 + 40000) / 4
        Assert.Equal((200, Math.Sqrt(25000)), (price.Mean, price.Std));
        Assert.Equal(1, spec.Normalizer.ItemNumeric["duration_seconds"].Std); // never varies
        var popularity = spec.Normalizer.ItemNumeric["positive_count_log1p"];
        Assert.Equal(Math.Log(2) / 4, popularity.Mean, 1e-12);
    }

    [Theory]
    [InlineData("v3", 0, 3, "image_vector 4")]
    [InlineData("v3", 16, 0, "text 16")]
    [InlineData("v3", 16, 3, "text 16, image_vector 4")]
    [InlineData("v2", 16, 3, "")] // v2 stays what deployed clients build
    public void Fit_TextAndVectors_AreSegmentsOfTheirWidths(string version, int buckets, int width, string expected)
    {
        var vector = width == 0 ? null : new float[width];
        var data = new World().Add(new Video { Id = "a", Title = "A" }, new Video { Id = "b", ImageVector = vector }).Likes("u", ("a", "2026-01-01")).Build();
        var spec = new FeatureFitter(
            new FeatureSettings { Version = version, TextBuckets = buckets }, data.Catalogue, data.Log, TimeSplit.AllTraining(data.Log)).Fit(8, "u", "i");

        var found = spec.ItemSegments.Where(segment => segment.Type is SegmentType.HashedBow or SegmentType.DenseVector);
        Assert.Equal(expected, string.Join(", ", found.Select(segment => $"{segment.Name} {segment.Size}")));
        Assert.Equal(spec.ItemInputDim, new ItemVectorizer(spec).Vector(ItemPayload.From(data.Catalogue.Videos[1], 0)).Length);
    }

    [Fact]
    public void Fit_UnknownVersion_Throws()
    {
        var error = Assert.Throws<PermanentStageException>(() => Fit(World.Random(1), version: "v9"));
        Assert.Equal("features.version: v9, expected v2 or v3", error.Message);
    }

    [Fact]
    public void Fit_EmptyVocabularies_StillGiveRows()
    {
        var data = new World().Add(new Video { Id = "a" }).Likes("u", ("a", "2026-01-01")).Build();
        var spec = Fit(data, TimeSplit.AllTraining(data.Log), "v3");
        Assert.Equal(spec.UserInputDim, new UserVectorizer(spec).Vector(new UserPayload { UserId = "u", Tags = ["x"] }, World.At("2026-01-02")).Length);
        Assert.All(new ItemVectorizer(spec).Vector(new ItemPayload { VideoId = "a" }), value => Assert.True(float.IsFinite(value)));
    }

    private static FeatureSpec Fit(SnapshotData data, TimeSplit? split = null, string version = "v3") =>
        new FeatureFitter(new FeatureSettings { Version = version }, data.Catalogue, data.Log, split ?? TimeSplit.Of(data.Log, new SplitSettings()))
            .Fit(8, "user_features", "item_features");

    private static async Task<string> FilesAsync(FeatureSpec spec)
    {
        var store = new MemoryArtifactStore();
        await FeatureSpecFiles.WriteAsync(spec, store, "", CancellationToken.None);
        return string.Join('\n', store.Files.Select(file => file.Key + store.Text(file.Key)));
    }

    private static Video Video(string id, params string[] tags) => new() { Id = id, Tags = tags };

    private static Video Priced(string id, double? price) => new() { Id = id, Price = price };
}

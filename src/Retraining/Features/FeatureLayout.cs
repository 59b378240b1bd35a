namespace Retraining.Features;

/// <summary>The segments of v2 and v3.</summary>
internal static class FeatureLayout
{
    private static readonly string[] Attributes = ["maker", "label", "series", "source"];

    public static IReadOnlyList<string> UserNumeric { get; } =
        ["account_age_days", "mean_price", "median_price", "like_ratio", "like_count", "nope_count", "decision_count", "recent_like_days"];

    public static FeatureSegment Bag(
        string name, string type, string vocabulary, IReadOnlyDictionary<string, Vocabulary> vocabularies, string from, string? norm) => new()
        {
            Name = name,
            Type = type,
            Size = vocabularies[vocabulary].Count,
            Vocab = $"vocab_{vocabulary}.json",
            From = from,
            Norm = norm,
        };

    public static IReadOnlyList<FeatureSegment> User(
        FeatureSettings settings, IReadOnlyDictionary<string, Vocabulary> vocabularies, IReadOnlyList<double> priceEdges)
    {
        FeatureSegment[] v2 =
        [
            new() { Name = "numeric", Size = UserNumeric.Count, Type = SegmentType.StandardScore, Features = UserNumeric },
            new() { Name = "hour_of_day", Size = 1, Type = SegmentType.ScaledBucket, Features = ["hour_of_day"], Range = [0, 23] },
            Bag("tag_vector", SegmentType.L2NormalizedBow, "tag", vocabularies, "tags", norm: null),
            Bag("actress_vector", SegmentType.L2NormalizedBow, "actress", vocabularies, "performers", norm: null),
        ];
        return settings.Version == "v2" ? v2 : [.. v2, .. UserV3(settings, vocabularies, priceEdges)];
    }

    public static IReadOnlyList<FeatureSegment> Item(
        FeatureSettings settings, IReadOnlyDictionary<string, Vocabulary> vocabularies, DateTimeOffset? newestRelease,
        int textVectorWidth, int imageVectorWidth)
    {
        var v2 = ItemLayout.V2Segments(vocabularies, newestRelease);
        return settings.Version == "v2"
            ? v2
            :
            [
                .. v2,
                Bag("video_id", SegmentType.OneHot, "video", vocabularies, "video_id", norm: null),
                .. Attributes.Select(name => Bag(name, SegmentType.OneHot, name, vocabularies, name, norm: null)),
                Log1p("price_log1p", newestRelease: null),
                Log1p("release_age_days_log1p", newestRelease),
                Log1p("positive_count_log1p", newestRelease: null),
                .. settings.TextBuckets > 0 ? (FeatureSegment[])[Text(settings.TextBuckets)] : [],
                .. textVectorWidth > 0 ? (FeatureSegment[])[Vector("text_vector", textVectorWidth)] : [],
                .. imageVectorWidth > 0 ? (FeatureSegment[])[Vector("image_vector", imageVectorWidth)] : [],
            ];
    }

    private static FeatureSegment Text(int buckets) => new()
    {
        Name = "text",
        Size = buckets,
        Type = SegmentType.HashedBow,
        Hash = "fnv1a32",
        Tokenizer = TextTokens.Name,
        From = "title,description",
    };

    private static FeatureSegment Vector(string name, int width) =>
        new() { Name = name, Size = 1 + width, Type = SegmentType.DenseVector, From = name };

    private static IEnumerable<FeatureSegment> UserV3(
        FeatureSettings settings, IReadOnlyDictionary<string, Vocabulary> vocabularies, IReadOnlyList<double> priceEdges) =>
    [
        Bag("liked_videos", SegmentType.WeightedBow, "video", vocabularies, "liked_videos.video_id", settings.HistoryNorm) with
        {
            HalfLifeDays = settings.HistoryHalfLifeDays > 0 ? settings.HistoryHalfLifeDays : null,
        },
        .. Attributes.Select(name =>
            Bag($"{name}_distribution", SegmentType.Distribution, name, vocabularies, $"liked_videos.{name}", settings.DistributionNorm)),
        new()
        {
            Name = "price_band", Size = priceEdges.Count + 1, Type = SegmentType.PriceHistogram,
            From = "liked_videos.price", Norm = settings.DistributionNorm, Edges = priceEdges,
        },
        new()
        {
            Name = "hour_of_week", Size = 168, Type = SegmentType.HourOfWeekHistogram, From = "liked_videos.liked_at", Norm = settings.DistributionNorm,
        },
        new()
        {
            Name = "activity_30d", Size = 3, Type = SegmentType.Log1p, Features = ["like_count_30d", "nope_count_30d", "decision_count_30d"], WindowDays = 30,
        },
        new() { Name = "positive_ratio_30d", Size = 1, Type = SegmentType.Ratio, Features = ["positive_ratio_30d"], WindowDays = 30 },
    ];

    private static FeatureSegment Log1p(string name, DateTimeOffset? newestRelease) =>
        new() { Name = name, Size = 1, Type = SegmentType.Log1pStandardScore, Features = [name], Reference = newestRelease };
}

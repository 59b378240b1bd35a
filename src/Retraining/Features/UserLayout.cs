using Retraining.Execution;

namespace Retraining.Features;

/// <summary>A schema's user segments made ready for writing rows.</summary>
internal sealed class UserLayout
{
    private static readonly Dictionary<string, UserNumber> Numbers = new(StringComparer.Ordinal)
    {
        ["account_age_days"] = UserNumber.AccountAgeDays,
        ["mean_price"] = UserNumber.MeanPrice,
        ["median_price"] = UserNumber.MedianPrice,
        ["like_ratio"] = UserNumber.LikeRatio,
        ["like_count"] = UserNumber.LikeCount,
        ["nope_count"] = UserNumber.NopeCount,
        ["decision_count"] = UserNumber.DecisionCount,
        ["recent_like_days"] = UserNumber.RecentLikeDays,
        ["hour_of_day"] = UserNumber.HourOfDay,
        ["like_count_30d"] = UserNumber.LikeCount30d,
        ["nope_count_30d"] = UserNumber.NopeCount30d,
        ["decision_count_30d"] = UserNumber.DecisionCount30d,
        ["positive_ratio_30d"] = UserNumber.PositiveRatio30d,
    };

    private readonly FeatureSpec _spec;
    private readonly List<UserColumn> _columns = [];
    private readonly List<UserBag> _bags = [];

    /// <exception cref="PermanentStageException">A segment has a type, a number or a source that is not known.</exception>
    public UserLayout(FeatureSpec spec)
    {
        _spec = spec;
        foreach (var segment in spec.UserSegments)
        {
            Add(segment, Width);
            Width += segment.Size;
        }
    }

    public int Width { get; private set; }

    public IReadOnlyList<UserColumn> Columns => _columns;

    public IReadOnlyList<UserBag> Bags => _bags;

    /// <summary>The number that <c>feature_schema.json</c> calls so.</summary>
    public static UserNumber NumberOf(string feature) => Numbers[feature];

    private void Add(FeatureSegment segment, int offset)
    {
        switch (segment.Type)
        {
            case SegmentType.StandardScore:
            case SegmentType.Log1p:
            case SegmentType.Ratio:
            case SegmentType.ScaledBucket:
                AddNumbers(segment, offset);
                break;
            case SegmentType.L2NormalizedBow:
            case SegmentType.WeightedBow:
            case SegmentType.Distribution:
            case SegmentType.PriceHistogram:
            case SegmentType.HourOfWeekHistogram:
                _bags.Add(Bag(segment, offset));
                break;
            default:
                throw new PermanentStageException($"{FeatureSpecFiles.SchemaName}, segment {segment.Name}: type {segment.Type}, expected a known user type");
        }
    }

    private void AddNumbers(FeatureSegment segment, int offset)
    {
        var features = segment.Features ?? [segment.Name];
        if (features.Count != segment.Size)
            throw Wrong(segment, $"{features.Count} features and size {segment.Size}", "as many of each");

        foreach (var feature in features)
        {
            if (!Numbers.TryGetValue(feature, out var number))
                throw Wrong(segment, $"feature {feature}", $"one of {string.Join(", ", Numbers.Keys)}");
            _columns.Add(new UserColumn(offset++, number, segment.Type, Scale(segment, feature)));
        }
    }

    private Standardization Scale(FeatureSegment segment, string feature) => segment.Type switch
    {
        SegmentType.StandardScore => _spec.Normalizer.UserNumeric.TryGetValue(feature, out var statistics)
            ? statistics
            : throw new PermanentStageException($"{FeatureSpecFiles.NormalizerName}, user_numeric: no {feature}, expected its mean and std"),
        SegmentType.ScaledBucket when segment.Range is null => new(0, 23),
        SegmentType.ScaledBucket => segment.Range is [var low, var high] && high > low
            ? new(low, high - low)
            : throw Wrong(segment, "another range", "[lowest, highest]"),
        _ => new(0, 1),
    };

    private UserBag Bag(FeatureSegment segment, int offset)
    {
        var source = Source(segment);
        Vocabulary? vocabulary = null;
        var expected = source switch
        {
            BagSource.PriceBands => (segment.Edges?.Count ?? 0) + 1,
            BagSource.HoursOfWeek => 168,
            _ => (vocabulary = SegmentVocabulary.Of(_spec, segment)).Count,
        };
        return segment.Size == expected
            ? new UserBag
            {
                Source = source,
                Offset = offset,
                Size = segment.Size,
                Vocabulary = vocabulary,
                Edges = [.. segment.Edges ?? []],
                L2 = (segment.Norm ?? "l2") == "l2",
                HalfLife = source is BagSource.Tags or BagSource.Performers or BagSource.HoursOfWeek ? null : HalfLifeOf(segment),
            }
            : throw Wrong(segment, $"size {segment.Size}", $"{expected}");
    }

    private static HalfLife? HalfLifeOf(FeatureSegment segment) => segment.HalfLifeDays is > 0 and var days ? new(days) : null;

    private static BagSource Source(FeatureSegment segment) => (segment.From ?? segment.Name) switch
    {
        "tags" or "tag_vector" => BagSource.Tags,
        "performers" or "actress_vector" => BagSource.Performers,
        "liked_videos.video_id" => BagSource.Videos,
        "liked_videos.maker" => BagSource.Makers,
        "liked_videos.label" => BagSource.Labels,
        "liked_videos.series" => BagSource.Series,
        "liked_videos.source" => BagSource.Sources,
        "liked_videos.price" => BagSource.PriceBands,
        "liked_videos.liked_at" => BagSource.HoursOfWeek,
        var other => throw Wrong(segment, $"from {other}", "a known payload field"),
    };

    private static PermanentStageException Wrong(FeatureSegment segment, string found, string expected) =>
        new($"{FeatureSpecFiles.SchemaName}, segment {segment.Name}: {found}, expected {expected}");
}

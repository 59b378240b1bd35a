namespace Retraining.Features;

/// <summary>How a segment's columns come from a payload: values of <see cref="FeatureSegment.Type"/>.</summary>
public static class SegmentType
{
    /// <summary>(x - mean) / std, a std of 0 taken as 1, for each of <c>features</c>.</summary>
    public const string StandardScore = "standard_score";

    /// <summary>One value over its <c>range</c>.</summary>
    public const string ScaledBucket = "scaled_bucket";

    /// <summary>Counts of tokens over <c>vocab</c>, divided by their Euclidean length.</summary>
    public const string L2NormalizedBow = "l2_normalized_bow";

    /// <summary>Liked videos over <c>vocab</c>, weighted by <c>half_life_days</c>, divided by <c>norm</c>.</summary>
    public const string WeightedBow = "weighted_bow";

    /// <summary>Counts over <c>vocab</c> of one attribute of the liked videos, divided by <c>norm</c>.</summary>
    public const string Distribution = "distribution";

    /// <summary>Liked videos with a price by price band (<c>edges</c>), divided by <c>norm</c>.</summary>
    public const string PriceHistogram = "price_histogram";

    /// <summary>Likes by hour of the week in UTC, divided by <c>norm</c>; column = day · 24 + hour, day 0 is Sunday.</summary>
    public const string HourOfWeekHistogram = "hour_of_week_histogram";

    /// <summary>log(1 + x) for each of <c>features</c>.</summary>
    public const string Log1p = "log1p";

    /// <summary>Likes over decisions within <c>window_days</c>; 0.5 without decisions.</summary>
    public const string Ratio = "ratio";

    /// <summary>1 in the column of the value in <c>vocab</c>; all zeros for an unknown one.</summary>
    public const string OneHot = "one_hot";

    /// <summary>log(1 + x), then standardised; 0 when x is unknown. One column for each of <c>features</c>.</summary>
    public const string Log1pStandardScore = "log1p_standard_score";

    /// <summary>
    /// Of the vector in <c>from</c>: 1 when there is one of size - 1 numbers, then these, divided by their Euclidean length. All zeros
    /// without it, or with one of another width.
    /// </summary>
    public const string DenseVector = "dense_vector";

    /// <summary>Counts of hashed tokens of title and description, divided by their Euclidean length.</summary>
    public const string HashedBow = "hashed_bow";
}

namespace Retraining.Features;

/// <summary>The numbers that user segments are made of.</summary>
internal enum UserNumber
{
    AccountAgeDays,
    MeanPrice,
    MedianPrice,
    LikeRatio,
    LikeCount,
    NopeCount,
    DecisionCount,
    RecentLikeDays,
    HourOfDay,
    LikeCount30d,
    NopeCount30d,
    DecisionCount30d,
    PositiveRatio30d,
}

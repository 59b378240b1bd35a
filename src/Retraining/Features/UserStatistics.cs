namespace Retraining.Features;

/// <summary>The numbers of a user at one moment, before any scaling. Times are unix milliseconds.</summary>
internal struct UserStatistics
{
    public long? ProfileCreatedAt;
    public int LikeCount;
    public int NopeCount;
    public int DecisionCount;
    public long? RecentLikeAt;

    /// <summary>0 to 23; null without likes.</summary>
    public double? AverageLikeHour;
    public double? MeanPrice;
    public double? MedianPrice;
    public int LikeCount30d;
    public int NopeCount30d;
    public int DecisionCount30d;

    public static UserStatistics Of(UserPayload payload) => new()
    {
        ProfileCreatedAt = payload.Profile?.CreatedAt?.ToUnixTimeMilliseconds(),
        LikeCount = payload.DecisionStats.LikeCount,
        NopeCount = payload.DecisionStats.NopeCount,
        DecisionCount = payload.DecisionStats.DecisionCount,
        RecentLikeAt = payload.DecisionStats.RecentLikeAt?.ToUnixTimeMilliseconds(),
        AverageLikeHour = payload.DecisionStats.AverageLikeHour,
        MeanPrice = payload.PriceStats.Mean,
        MedianPrice = payload.PriceStats.Median,
        LikeCount30d = payload.DecisionStats.LikeCount30d,
        NopeCount30d = payload.DecisionStats.NopeCount30d,
        DecisionCount30d = payload.DecisionStats.DecisionCount30d,
    };

    /// <summary>A number by the name that <c>feature_schema.json</c> gives it.</summary>
    /// <param name="asOf">Unix milliseconds; ages count back from here and are at least 0.</param>
    public readonly double this[UserNumber number, long asOf] => number switch
    {
        UserNumber.AccountAgeDays => Days(ProfileCreatedAt, asOf),
        UserNumber.MeanPrice => MeanPrice ?? 0,
        UserNumber.MedianPrice => MedianPrice ?? 0,
        UserNumber.LikeRatio => Ratio(LikeCount, DecisionCount),
        UserNumber.LikeCount => LikeCount,
        UserNumber.NopeCount => NopeCount,
        UserNumber.DecisionCount => DecisionCount,
        UserNumber.RecentLikeDays => Days(RecentLikeAt, asOf),
        UserNumber.HourOfDay => AverageLikeHour ?? 12,
        UserNumber.LikeCount30d => LikeCount30d,
        UserNumber.NopeCount30d => NopeCount30d,
        UserNumber.DecisionCount30d => DecisionCount30d,
        UserNumber.PositiveRatio30d => Ratio(LikeCount30d, DecisionCount30d),
        _ => throw new ArgumentOutOfRangeException(nameof(number)),
    };

    private static double Days(long? since, long asOf) => since is { } start ? Math.Max(0, (asOf - start) / UtcCalendar.DayMs) : 0;

    private static double Ratio(int likes, int decisions) => decisions > 0 ? Math.Clamp((double)likes / decisions, 0, 1) : 0.5;
}

using Retraining.Source;

namespace Retraining.Features;

/// <summary>Makes the payload that a client would be given for a history.</summary>
internal static class HistoryPayload
{
    public static UserPayload Of(string userId, in UserStatistics user, IReadOnlyList<(Video Video, long LikedAt)> likes, bool withLikes) => new()
    {
        UserId = userId,
        Profile = new UserProfile { CreatedAt = Moment(user.ProfileCreatedAt) },
        DecisionStats = new DecisionStats
        {
            LikeCount = user.LikeCount,
            NopeCount = user.NopeCount,
            DecisionCount = user.DecisionCount,
            RecentLikeAt = Moment(user.RecentLikeAt),
            AverageLikeHour = user.AverageLikeHour,
            LikeCount30d = user.LikeCount30d,
            NopeCount30d = user.NopeCount30d,
            DecisionCount30d = user.DecisionCount30d,
        },
        PriceStats = new PriceStats { Mean = user.MeanPrice, Median = user.MedianPrice },
        Tags = [.. likes.SelectMany(like => like.Video.Tags)],
        Performers = [.. likes.SelectMany(like => like.Video.Performers)],
        LikedVideos = withLikes ? [.. likes.Select(like => Like(like.Video, like.LikedAt))] : null,
    };

    private static LikedVideo Like(Video video, long likedAt) => new()
    {
        VideoId = video.Id,
        LikedAt = DateTimeOffset.FromUnixTimeMilliseconds(likedAt),
        Maker = video.Maker,
        Label = video.Label,
        Series = video.Series,
        Source = video.Source,
        Price = video.Price,
    };

    private static DateTimeOffset? Moment(long? unixMs) => unixMs is { } known ? DateTimeOffset.FromUnixTimeMilliseconds(known) : null;
}

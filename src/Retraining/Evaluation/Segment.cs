using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Parts of the hold-out that are looked at on their own.</summary>
/// <param name="Name"><c>new_users</c>; <see cref="All"/> is the whole.</param>
/// <param name="MetricsOf">Where a model's values stand.</param>
/// <param name="Counted">By user whether it belongs; null for all.</param>
internal sealed record Segment(string Name, Func<ModelQuality, UserMetrics> MetricsOf, bool[]? Counted)
{
    public const string All = "all", NewUsers = "new_users", HeavyUsers = "heavy_users", ColdItems = "cold_items";

    /// <summary>The whole and its segments, in a fixed order; segments without users are left out.</summary>
    public static IReadOnlyList<Segment> Of(EvaluationSettings settings, HeldOutPart part, ItemSets coldTargets)
    {
        Segment[] segments =
        [
            new(All, quality => quality.PerUser, null),
            new(NewUsers, quality => quality.PerUser, [.. part.Likes.Select(likes => likes <= settings.NewUserLikes)]),
            new(HeavyUsers, quality => quality.PerUser, [.. part.Likes.Select(likes => likes >= settings.HeavyUserLikes)]),
            new(ColdItems, quality => quality.ColdItems, [.. Enumerable.Range(0, part.Count).Select(user => coldTargets[user].Length > 0)]),
        ];
        return [.. segments.Where(segment => segment.Counted?.Contains(true) != false)];
    }
}

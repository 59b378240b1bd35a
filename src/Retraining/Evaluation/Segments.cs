using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Parts of the hold-out that are looked at on their own.</summary>
internal sealed class Segments(EvaluationSettings settings, ModelEvaluator evaluator, int[] popularity)
{
    /// <summary>Per segment the metrics of its users, in a fixed order; segments without users are left out.</summary>
    public IEnumerable<(string Name, UserMetrics Metrics)> Of(ModelQuality quality)
    {
        var likes = evaluator.Part.Likes;
        var cold = evaluator.Restrict(quality, item => popularity[item] <= settings.ColdItemLikes);
        var firstMetric = cold.Names[0];
        (string Name, UserMetrics Metrics)[] segments =
        [
            ("new_users", quality.PerUser.Select(Where(user => likes[user] <= settings.NewUserLikes))),
            ("heavy_users", quality.PerUser.Select(Where(user => likes[user] >= settings.HeavyUserLikes))),
            ("cold_items", cold.Select(Where(user => !double.IsNaN(cold[firstMetric][user])))),
        ];
        return segments.Where(segment => segment.Metrics.Users > 0);
    }

    private int[] Where(Func<int, bool> belongs) => [.. Enumerable.Range(0, evaluator.Part.Count).Where(belongs)];
}

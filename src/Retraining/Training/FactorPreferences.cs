using TwoTower.Factorisation;

namespace Retraining.Training;

/// <summary>The training part as a factorisation takes it.</summary>
internal static class FactorPreferences
{
    /// <summary>
    /// A like weighs as an example does, over the mean of all likes: λ and α keep their meaning whatever scale the weights have. A dislike
    /// counts as <see cref="TrainingSettings.DislikeWeight"/> pairs that were not seen.
    /// </summary>
    public static Preferences Of(TrainingSet set, TrainingSettings settings)
    {
        var (log, weights) = (set.Log, new ExampleWeights(set.Log, set.Split, settings.RecencyHalfLifeDays));
        var mean = MeanLike(set, weights);
        var dislike = settings.DislikeWeight * settings.FactorUnobservedWeight;
        return Preferences.From(Enumerable.Range(0, log.Users).Select(Pairs));

        IEnumerable<(int Item, float Weight)> Pairs(int user)
        {
            for (var e = log.Offsets[user]; e < set.Split.ValidationStart[user]; e++)
            {
                if (log.Positive[e])
                    yield return (log.Item[e], (float)(weights.Of(e) / mean));
                else if (dislike > 0)
                    yield return (log.Item[e], (float)(-dislike * weights.Of(e) / mean));
            }
        }
    }

    private static double MeanLike(TrainingSet set, ExampleWeights weights)
    {
        var (sum, count) = (0.0, 0);
        for (var user = 0; user < set.Log.Users; user++)
        {
            for (var e = set.Log.Offsets[user]; e < set.Split.ValidationStart[user]; e++)
            {
                if (!set.Log.Positive[e])
                    continue;
                (sum, count) = (sum + weights.Of(e), count + 1);
            }
        }

        return count == 0 ? 1 : sum / count;
    }
}

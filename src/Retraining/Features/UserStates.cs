using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>Users at moments of the training part, for the statistics of the normaliser.</summary>
internal sealed class UserStates(FeatureSpec spec, Catalogue catalogue, InteractionLog log, TimeSplit split)
{
    private const int MomentsPerUser = 4;

    /// <summary>For each number of <see cref="FeatureLayout.UserNumeric"/> its values over all states, before scaling.</summary>
    public double[][] Numbers()
    {
        UserNumber[] columns = [.. FeatureLayout.UserNumeric.Select(UserLayout.NumberOf)];
        var vectorizer = new HistoryVectorizer(spec, catalogue, log);
        var moments = Moments(vectorizer);
        var numbers = new double[checked(moments.Length * columns.Length)];
        vectorizer.Numbers(moments, columns, numbers);
        return [.. columns.Select((_, column) => moments.Select((_, row) => numbers[(row * columns.Length) + column]).ToArray())];
    }

    private HistoryMoment[] Moments(HistoryVectorizer vectorizer)
    {
        var end = split.TrainingEnd();
        var (moments, likes) = (new List<HistoryMoment>(), new List<int>());
        for (var user = 0; user < log.Users; user++)
        {
            likes.Clear();
            for (var e = log.Offsets[user]; e < split.ValidationStart[user]; e++)
            {
                if (log.Positive[e])
                    likes.Add(e);
            }

            if (likes.Count == 0)
                continue;
            foreach (var like in Spread(likes))
                moments.Add(new(user, vectorizer.EndBefore(user, log.Time[like]), log.Time[like]));
            moments.Add(new(user, split.ValidationStart[user], end));
        }

        return [.. moments];
    }

    private static IEnumerable<int> Spread(List<int> likes)
    {
        var moments = Math.Min(MomentsPerUser, likes.Count);
        return Enumerable.Range(1, moments).Select(k => likes[(int)((long)k * likes.Count / moments) - 1]);
    }
}

using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>Users at moments of the training part, for the statistics of the normaliser.</summary>
internal sealed class UserStates(FeatureSpec spec, Catalogue catalogue, InteractionLog log, TimeSplit split)
{
    private const int MomentsPerUser = 4;

    /// <summary>For each number of <see cref="FeatureLayout.UserNumeric"/> its values over all states, before scaling.</summary>
    public double[][] Numbers()
    {
        var vectorizer = new HistoryVectorizer(spec, catalogue, log);
        var end = split.TrainingEnd();
        var columns = FeatureLayout.UserNumeric.Select(_ => new List<double>()).ToArray();
        var likes = new List<int>();
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
                Add(columns, vectorizer, user, vectorizer.EndBefore(user, log.Time[like]), log.Time[like]);
            Add(columns, vectorizer, user, split.ValidationStart[user], end);
        }

        return [.. columns.Select(column => column.ToArray())];
    }

    private static IEnumerable<int> Spread(List<int> likes)
    {
        var moments = Math.Min(MomentsPerUser, likes.Count);
        return Enumerable.Range(1, moments).Select(k => likes[(int)((long)k * likes.Count / moments) - 1]);
    }

    private static void Add(List<double>[] columns, HistoryVectorizer vectorizer, int user, int end, long asOf)
    {
        var numbers = vectorizer.Numbers(user, end, asOf);
        for (var column = 0; column < columns.Length; column++)
            columns[column].Add(numbers[column]);
    }
}

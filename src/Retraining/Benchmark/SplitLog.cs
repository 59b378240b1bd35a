using Retraining.Dataset;
using TwoTower.Evaluation;

namespace Retraining.Benchmark;

/// <summary>Rows of a split as an interaction log, and what to find by user.</summary>
internal static class SplitLog
{
    /// <summary>All rows as positives: users in ordinal order, each user's rows in order of (time, item). Repeats stay.</summary>
    public static InteractionLog Of(IEnumerable<InteractionRow> rows, Catalogue catalogue)
    {
        var users = rows.GroupBy(row => row.UserId).OrderBy(group => group.Key, StringComparer.Ordinal).ToArray();
        var offsets = new int[users.Length + 1];
        List<int> items = [];
        List<long> times = [];
        for (var user = 0; user < users.Length; user++)
        {
            foreach (var (item, time) in users[user].Select(row => (Item: catalogue.IndexOf(row.ItemId), row.Time)).OrderBy(row => row.Time).ThenBy(row => row.Item))
            {
                items.Add(item);
                times.Add(time);
            }

            offsets[user + 1] = items.Count;
        }

        return new()
        {
            UserIds = [.. users.Select(group => group.Key)],
            ProfileCreatedAt = new long?[users.Length],
            Offsets = offsets,
            Item = [.. items],
            Time = [.. times],
            Positive = [.. Enumerable.Repeat(true, items.Count)],
            Weight = [.. Enumerable.Repeat(1f, items.Count)],
        };
    }

    /// <summary>For every user of the log the items to find; what is already in the history is nothing to find.</summary>
    public static ItemSets Targets(InteractionLog log, IEnumerable<InteractionRow> rows, Catalogue catalogue)
    {
        var wanted = rows.ToLookup(row => row.UserId, row => catalogue.IndexOf(row.ItemId));
        return ItemSets.From(log.UserIds.Select((id, user) => wanted[id].Except(log.Item[log.Offsets[user]..log.Offsets[user + 1]])));
    }

    /// <summary>Whether what is to be found came after the history, for nine of ten users: then training looks ahead too.</summary>
    public static bool IsAhead(InteractionLog log, IReadOnlyCollection<InteractionRow> rows)
    {
        var first = rows.GroupBy(row => row.UserId).ToDictionary(group => group.Key, group => group.Min(row => row.Time));
        var known = Enumerable.Range(0, log.Users).Where(user => first.ContainsKey(log.UserIds[user]) && log.Offsets[user + 1] > log.Offsets[user]).ToArray();
        return known.Length > 0 && known.Count(user => first[log.UserIds[user]] >= log.Time[log.Offsets[user + 1] - 1]) >= 0.9 * known.Length;
    }
}

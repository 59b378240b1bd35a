using Retraining.Dataset;

namespace Retraining.Features;

/// <summary>Chooses real payloads and the vectors that they must give, so that any client can prove its preprocessing.</summary>
public static class GoldenPayloads
{
    /// <summary>Longer histories make the file large and prove nothing more.</summary>
    private const int MaxLikes = 200;

    /// <summary>Users from the one with the fewest likes to a busy one, evenly spread by rank; deterministic.</summary>
    /// <param name="count">How many are wanted; fewer where there are fewer users.</param>
    public static IReadOnlyList<GoldenUser> Users(FeatureSpec spec, SnapshotData data, DateTimeOffset asOf, int count)
    {
        var history = new HistoryVectorizer(spec, data.Catalogue, data.Log);
        var vectorizer = new UserVectorizer(spec);
        int[] users = [.. Enumerable.Range(0, data.Log.Users)
            .Select(user => (User: user, Likes: Likes(data.Log, user)))
            .Where(entry => entry.Likes <= MaxLikes)
            .OrderBy(entry => entry.Likes)
            .ThenBy(entry => entry.User)
            .Select(entry => entry.User)];
        return [.. Spread(users, count).Select(user => Golden(user))];

        GoldenUser Golden(int user)
        {
            var payload = history.Payload(user, data.Log.Offsets[user + 1], asOf.ToUnixTimeMilliseconds());
            return new GoldenUser(payload, asOf, vectorizer.Vector(payload, asOf));
        }
    }

    /// <summary>Items from the least to the most liked one, evenly spread by rank; deterministic.</summary>
    /// <param name="positives">Per item its likes in the training part.</param>
    /// <param name="count">How many are wanted; fewer where there are fewer items.</param>
    public static IReadOnlyList<GoldenItem> Items(FeatureSpec spec, Catalogue catalogue, IReadOnlyList<int> positives, int count)
    {
        var vectorizer = new ItemVectorizer(spec, ItemVectorizer.NewestRelease(catalogue));
        int[] items = [.. Enumerable.Range(0, catalogue.Count).OrderBy(item => positives[item]).ThenBy(item => item)];
        return [.. Spread(items, count)
            .Select(item => ItemPayload.From(catalogue.Videos[item], positives[item]))
            .Select(payload => new GoldenItem(payload, vectorizer.Vector(payload)))];
    }

    private static IEnumerable<int> Spread(int[] ranked, int count)
    {
        var wanted = Math.Min(count, ranked.Length);
        return Enumerable.Range(0, wanted).Select(k => ranked[wanted == 1 ? ranked.Length - 1 : (int)((long)k * (ranked.Length - 1) / (wanted - 1))]);
    }

    private static int Likes(InteractionLog log, int user) =>
        log.Positive.AsSpan(log.Offsets[user], log.Offsets[user + 1] - log.Offsets[user]).Count(true);
}

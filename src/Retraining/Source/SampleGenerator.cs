using Retraining.Execution;

namespace Retraining.Source;

/// <summary>
/// Makes up a service's data with latent structure and writes it as the three JSON files of a files source. Videos belong to topics, which
/// decide their tags, performers, makers and price; users like two or three topics and one performer; a few videos are hits; topics come
/// into fashion and go. Values are missing here and there, as in real data.
/// </summary>
public static class SampleGenerator
{
    private const int VideosPerTopic = 120;

    /// <exception cref="PermanentStageException">A size is below 1, or there are more decisions than pairs to decide on.</exception>
    public static async Task<RowCounts> WriteAsync(string folder, SampleSettings settings, CancellationToken cancellationToken)
    {
        if (settings is not { Users: > 0, Videos: > 1, Decisions: > 0 })
            throw new PermanentStageException(
                $"sample of {settings.Users} users, {settings.Videos} videos, {settings.Decisions} decisions, expected 1, 2 and 1 or more");
        if (settings.Decisions > (long)settings.Users * settings.Videos / 4)
            throw new PermanentStageException(
                $"sample of {settings.Decisions} decisions, expected at most a quarter of {settings.Users} users times {settings.Videos} videos");

        var random = new Random(settings.Seed);
        var topics = SampleTopic.Draw(random, Math.Clamp(settings.Videos / VideosPerTopic, 6, 60));
        var videos = new SampleVideos(random, settings, topics);
        var users = new SampleUser[settings.Users];
        for (var i = 0; i < users.Length; i++)
            users[i] = new SampleUser(random, i + 1, videos);

        var tables = new JsonTables(folder);
        var counts = new RowCounts(
            await tables.WriteAsync(JsonTables.Profiles, users.Select(user => user.Profile), cancellationToken),
            await tables.WriteAsync(JsonTables.Videos, videos.Videos, cancellationToken),
            await tables.WriteAsync(JsonTables.Decisions, Decisions(random, settings, users, videos), cancellationToken));
        tables.Complete();
        return counts;
    }

    /// <summary>User by user, so that only one user's decisions are in memory.</summary>
    private static IEnumerable<JsonTables.DecisionRow> Decisions(Random random, SampleSettings settings, SampleUser[] users, SampleVideos videos)
    {
        var left = (double)settings.Decisions;
        var activity = users.Sum(user => user.Activity);
        foreach (var user in users)
        {
            // What one user cannot use up is left to those after.
            var share = (int)Math.Round(left * user.Activity / activity);
            var decisions = user.Decide(random, videos, Math.Clamp(share, 1, Math.Max(1, settings.Videos / 2)));
            activity = Math.Max(activity - user.Activity, double.Epsilon);
            left = Math.Max(left - decisions.Count, 0);
            foreach (var decision in decisions)
                yield return decision;
        }
    }
}

namespace Retraining.Source;

/// <summary>One user of a sample: what they like, and the decisions that follow from it.</summary>
internal sealed class SampleUser
{
    private const int OffersPerDecision = 40;

    private readonly int[] _topics;
    private readonly string _favourite;
    private readonly DateTimeOffset _joined;

    public SampleUser(Random random, int number, SampleVideos videos)
    {
        _topics = [.. Enumerable.Range(0, 2 + random.Next(2)).Select(_ => random.Next(videos.Topics.Length)).Distinct()];
        _favourite = SampleTopic.Pick(random, videos.Topics[_topics[0]].Performers);
        // Most were there before the year began; the others joined during it.
        var years = random.NextDouble() < 0.5 ? 1 + random.NextDouble() : random.NextDouble();
        _joined = videos.End.AddSeconds(-Math.Floor(86_400 * (365 * years)) - 1);
        Id = SampleVideos.Id(random);
        // Log-normal: most users decide on little, a few on much.
        Activity = Math.Exp(0.8 * SampleVideos.Normal(random));
        Profile = new Profile
        {
            UserId = Id,
            DisplayName = random.NextDouble() < 0.1 ? null : $"{SampleTopic.Pick(random, SampleWords.JapaneseGivenNames)}{number}",
            CreatedAt = random.NextDouble() < 0.02 ? null : _joined,
        };
    }

    public string Id { get; }

    public Profile Profile { get; }

    /// <summary>Share of all decisions, up to a common factor.</summary>
    public double Activity { get; }

    /// <summary>Decisions on different videos in order of time; fewer than asked for where the videos run out.</summary>
    public List<JsonTables.DecisionRow> Decide(Random random, SampleVideos videos, int count)
    {
        var seen = new HashSet<int>(count);
        var decisions = new List<JsonTables.DecisionRow>(count);
        for (var offers = count * OffersPerDecision; decisions.Count < count && offers > 0; offers--)
        {
            // Square root: the service grows, later days hold more.
            var time = Math.Sqrt(random.NextDouble());
            var at = TimeOf(videos.End, time);
            var topic = random.NextDouble() < 0.65 ? _topics[Math.Min(random.Next(3), _topics.Length - 1)] : -1;
            var item = videos.Offer(random, topic);
            if (item < 0 || at < videos.Videos[item].CreatedAt)
                continue;
            if (random.NextDouble() > videos.Topics[videos.Topic[item]].Fashion(time) || !seen.Add(item))
                continue;
            var type = random.NextDouble() < Liking(videos, item) ? LikeType(random) : "nope";
            decisions.Add(new JsonTables.DecisionRow(Id, videos.Videos[item].Id, type, at));
        }

        decisions.Sort((a, b) => a.CreatedAt != b.CreatedAt ? a.CreatedAt.CompareTo(b.CreatedAt) : string.CompareOrdinal(a.VideoId, b.VideoId));
        return decisions;
    }

    /// <summary>Between joining, or a year before the end, and the end.</summary>
    private DateTimeOffset TimeOf(DateTimeOffset end, double share)
    {
        var start = _joined > end.AddDays(-365) ? _joined : end.AddDays(-365);
        return start.AddSeconds(Math.Floor((end - start).TotalSeconds * share));
    }

    private double Liking(SampleVideos videos, int item)
    {
        var at = Array.IndexOf(_topics, videos.Topic[item]);
        var liking = at switch { 0 => 0.85, > 0 => 0.7, _ => 0.15 };
        return videos.Videos[item].Performers.Contains(_favourite, StringComparer.Ordinal) ? 0.95 : liking;
    }

    private static string LikeType(Random random) => random.Next(10) switch { < 6 => "like", < 9 => "swipe_like", _ => "grid_like" };
}

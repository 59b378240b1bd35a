using System.Globalization;

namespace Retraining.Source;

/// <summary>The videos of a sample, with what users can be offered at a time.</summary>
internal sealed class SampleVideos
{
    private const int DaysOfReleases = 3 * 365;

    private readonly double[] _everyWeight;
    private readonly int[][] _ofTopic;
    private readonly double[][] _topicWeight;

    public SampleVideos(Random random, SampleSettings settings, SampleTopic[] topics)
    {
        Topics = topics;
        End = new DateTimeOffset(settings.End.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(1);
        Topic = new int[settings.Videos];
        Videos = new Video[settings.Videos];
        var popularity = new double[settings.Videos];
        for (var i = 0; i < settings.Videos; i++)
        {
            Topic[i] = random.Next(topics.Length);
            Videos[i] = Draw(random, i, topics[Topic[i]], topics[random.Next(topics.Length)]);
            // Log-normal: a few hits, a long tail.
            popularity[i] = Math.Exp(1.4 * Normal(random));
        }

        _everyWeight = Cumulate(popularity);
        _ofTopic = [.. Enumerable.Range(0, topics.Length).Select(t => Enumerable.Range(0, settings.Videos).Where(i => Topic[i] == t).ToArray())];
        _topicWeight = [.. _ofTopic.Select(items => Cumulate([.. items.Select(i => popularity[i])]))];
    }

    public Video[] Videos { get; }

    /// <summary>Per video: index of its main topic.</summary>
    public int[] Topic { get; }

    public SampleTopic[] Topics { get; }

    /// <summary>End of the data, exclusive.</summary>
    public DateTimeOffset End { get; }

    /// <summary>A video by popularity, of one topic or (below 0) of all; -1 where the topic has none.</summary>
    public int Offer(Random random, int topic)
    {
        if (topic < 0)
            return Choose(random, _everyWeight);
        return _ofTopic[topic].Length == 0 ? -1 : _ofTopic[topic][Choose(random, _topicWeight[topic])];
    }

    public static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    public static string Id(Random random)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    private Video Draw(Random random, int number, SampleTopic topic, SampleTopic other)
    {
        var released = End.AddDays(-DaysOfReleases * random.NextDouble());
        released = new DateTimeOffset(released.Date, TimeSpan.Zero);
        var mixed = random.NextDouble() < 0.25;
        string[] tags =
        [
            .. Some(random, topic.Tags, 2 + random.Next(3)),
            .. mixed ? Some(random, other.Tags, 1 + random.Next(2)) : [],
            .. random.NextDouble() < 0.4 ? [SampleTopic.Pick(random, SampleWords.CommonTags)] : Array.Empty<string>(),
        ];
        var maker = SampleTopic.Pick(random, topic.Makers);
        var code = number.ToString("D6", CultureInfo.InvariantCulture);
        return new Video
        {
            Id = Id(random),
            ExternalId = $"S{code}",
            Title = random.NextDouble() < 0.01 ? null : Text(random, SampleWords.TitlePatterns, tags),
            Description = random.NextDouble() < 0.3 ? null : Text(random, SampleWords.Descriptions, tags),
            DurationSeconds = random.NextDouble() < 0.04 ? null : 60 * random.Next(20, 180),
            Price = random.NextDouble() < 0.06 ? null : Math.Max(100, topic.Price + (random.Next(-3, 4) * 100) + (random.Next(2) * 80)),
            Maker = random.NextDouble() < 0.03 ? null : maker,
            Label = random.NextDouble() < 0.2 ? null : $"{maker} {(random.Next(2) == 0 ? "GOLD" : "Lite")}",
            Series = random.NextDouble() < 0.6 ? null : SampleTopic.Pick(random, topic.Series),
            Source = random.NextDouble() < 0.8 ? "web" : "partner",
            ProductUrl = $"https://videos.example/items/{code}",
            ThumbnailUrl = $"https://videos.example/items/{code}.jpg",
            ProductReleasedAt = random.NextDouble() < 0.03 ? null : released,
            DistributionStartedAt = random.NextDouble() < 0.1 ? null : released.AddDays(random.Next(0, 14)),
            CreatedAt = released,
            SafetyLevel = (short)random.Next(0, 3),
            RegionCodes = random.NextDouble() < 0.8 ? ["JP"] : ["JP", "US"],
            IsActive = random.NextDouble() > 0.03,
            Tags = NameLists.Distinct(tags),
            Performers = random.NextDouble() < 0.08 ? [] : NameLists.Distinct(Some(random, topic.Performers, 1 + random.Next(3))),
        };
    }

    private static string Text(Random random, string[] patterns, string[] tags) =>
        string.Format(CultureInfo.InvariantCulture, SampleTopic.Pick(random, patterns), tags[0], tags[1]);

    private static string[] Some(Random random, string[] words, int count)
    {
        var shuffled = (string[])words.Clone();
        random.Shuffle(shuffled);
        return shuffled[..Math.Min(count, shuffled.Length)];
    }

    private static double[] Cumulate(double[] weights)
    {
        var sums = new double[weights.Length];
        var sum = 0.0;
        for (var i = 0; i < weights.Length; i++)
            sums[i] = sum += weights[i];
        return sums;
    }

    private static int Choose(Random random, double[] sums)
    {
        var at = Array.BinarySearch(sums, random.NextDouble() * sums[^1]);
        return Math.Min(at < 0 ? ~at : at, sums.Length - 1);
    }
}

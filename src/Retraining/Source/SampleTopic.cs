namespace Retraining.Source;

/// <summary>What a group of videos has in common, and when in the year it is in fashion.</summary>
internal sealed record SampleTopic
{
    public required string[] Tags { get; init; }
    public required string[] Performers { get; init; }
    public required string[] Makers { get; init; }
    public required string[] Series { get; init; }

    /// <summary>Typical price in yen.</summary>
    public required int Price { get; init; }

    /// <summary>Share of the year at which the topic is most in fashion, in [0, 1).</summary>
    public required double Peak { get; init; }

    /// <summary>Share of offers that are taken up at a time of the year, in [0.3, 1].</summary>
    public double Fashion(double time) => 0.65 + (0.35 * Math.Cos(2 * Math.PI * (time - Peak)));

    public static SampleTopic[] Draw(Random random, int count)
    {
        var tags = (string[])SampleWords.Tags.Clone();
        random.Shuffle(tags);
        return [.. Enumerable.Range(0, count).Select(topic => new SampleTopic
        {
            Tags = [.. Enumerable.Range(0, 5).Select(i => NameOf(tags, (topic * 5) + i))],
            Performers = [.. Enumerable.Range(0, 12).Select(_ => Performer(random)).Distinct(StringComparer.Ordinal)],
            Makers = [Pick(random, SampleWords.Makers), Pick(random, SampleWords.Makers)],
            Series = [.. Enumerable.Range(1, 4).Select(n => $"{NameOf(tags, topic * 5)}シリーズ {n}")],
            Price = 300 + (random.Next(0, 40) * 100),
            Peak = random.NextDouble(),
        })];
    }

    /// <summary>Word i; a number tells the rounds through the list apart.</summary>
    private static string NameOf(string[] words, int i) => i < words.Length ? words[i] : $"{words[i % words.Length]} {(i / words.Length) + 1}";

    private static string Performer(Random random) => random.Next(3) > 0
        ? $"{Pick(random, SampleWords.JapaneseFamilyNames)}{Pick(random, SampleWords.JapaneseGivenNames)}"
        : $"{Pick(random, SampleWords.EnglishGivenNames)} {Pick(random, SampleWords.EnglishFamilyNames)}";

    public static string Pick(Random random, string[] words) => words[random.Next(words.Length)];
}

using System.Diagnostics;
using System.Text.Json;
using Retraining.Dataset;
using Retraining.Features;
using TwoTower.Model;

namespace Benchmarks;

/// <summary>User features of the interactions that peer/history.py made up; prints one line of JSON.</summary>
/// <remarks>Interactions a second for every user's numbers, bag of liked videos, and bags of tags and performers.</remarks>
internal static class HistoryBenchmark
{
    private const long DayMs = 86_400_000;

    /// <summary>In the order in which pandas gives their sums; it is not asked for the age of the account.</summary>
    private static readonly UserNumber[] Numbers =
    [
        UserNumber.MeanPrice, UserNumber.MedianPrice, UserNumber.LikeRatio, UserNumber.LikeCount, UserNumber.NopeCount, UserNumber.DecisionCount,
        UserNumber.RecentLikeDays, UserNumber.HourOfDay, UserNumber.LikeCount30d, UserNumber.NopeCount30d, UserNumber.DecisionCount30d,
        UserNumber.PositiveRatio30d,
    ];

    public static void Run(BenchmarkArguments arguments)
    {
        var data = HistoryData.Read(arguments.Text("data", "data"));
        var (catalogue, log) = (data.Catalogue, data.Log);
        var asOf = log.Time.Max() + DayMs;
        var settings = new FeatureSettings
        {
            MinTagFreq = 1,
            MaxTagVocab = HistoryData.Tags,
            MinActressFreq = 1,
            MaxActressVocab = HistoryData.Tokens - HistoryData.Tags,
            MinVideoFreq = 1,
            MaxVideoVocab = catalogue.Count,
        };
        var spec = new FeatureFitter(settings, catalogue, log, TimeSplit.AllTraining(log)).Fit(4, "u", "i");
        HistoryVectorizer Only(params string[] segments) =>
            new(spec with { UserSegments = [.. spec.UserSegments.Where(segment => segments.Contains(segment.Name))] }, catalogue, log);

        var (rounds, threads) = (arguments.Number("rounds", 3), arguments.Number("threads", 1));
        HistoryMoment[] moments = [.. Enumerable.Range(0, log.Users).Select(user => new HistoryMoment(user, log.Offsets[user + 1], asOf))];
        var everything = new HistoryVectorizer(spec, catalogue, log);
        var (liked, tagged) = (Only("liked_videos"), Only("tag_vector", "actress_vector"));
        var numbers = new double[log.Users * Numbers.Length];
        var numbersRate = Rate(rounds, log.Events, () => everything.Numbers(moments, Numbers, numbers, threads));
        var videosRate = Rate(rounds, log.Events, () => Write(liked, moments, threads));
        var tagsRate = Rate(rounds, log.Events, () => Write(tagged, moments, threads));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            numbers = numbersRate,
            liked_videos = videosRate,
            tag_bags = tagsRate,
            sums = Sums(numbers).Append(Sum(Bags(liked, moments, threads))).Append(Sum(Bags(tagged, moments, threads))),
            rss_mb = process.PeakWorkingSet64 >> 20,
        }));
    }

    private static IEnumerable<double> Sums(double[] numbers) =>
        Numbers.Select((_, column) => Enumerable.Range(0, numbers.Length / Numbers.Length).Sum(row => numbers[(row * Numbers.Length) + column]));

    /// <summary>Rows of every user, a block at a time as the pipeline does it.</summary>
    private static IEnumerable<SparseRows> Bags(HistoryVectorizer vectorizer, HistoryMoment[] moments, int threads) =>
        vectorizer.Blocks(Shard.Whole.Groups(moments.Length), row => moments[row], threads);

    private static void Write(HistoryVectorizer vectorizer, HistoryMoment[] moments, int threads)
    {
        foreach (var _ in Bags(vectorizer, moments, threads))
        {
        }
    }

    private static double Sum(IEnumerable<SparseRows> blocks) => blocks.Sum(rows => rows.Values.ToArray().Sum(value => (double)value));

    private static double Rate(int rounds, int events, Action work)
    {
        var (times, begun) = (new List<double>(), Stopwatch.GetTimestamp());
        while (Stopwatch.GetElapsedTime(begun).TotalSeconds < 1)
            work(); // for the compiler, which goes over it again when it has seen what it does
        for (var round = 0; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            work();
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return events / times.Order().ElementAt(rounds / 2);
    }
}

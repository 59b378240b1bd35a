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
        var numbers = Rate(rounds, log.Events, () => everything.Numbers(moments, Numbers, threads));
        var videos = Rate(rounds, log.Events, () => Bags(liked, moments, threads, null));
        var tags = Rate(rounds, log.Events, () => Bags(tagged, moments, threads, null));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            numbers = numbers.PerSecond,
            liked_videos = videos.PerSecond,
            tag_bags = tags.PerSecond,
            sums = Sums(numbers.Result).Append(Sum(liked, moments)).Append(Sum(tagged, moments)),
            rss_mb = process.PeakWorkingSet64 >> 20,
        }));
    }

    private static IEnumerable<double> Sums(double[] numbers) =>
        Numbers.Select((_, column) => Enumerable.Range(0, numbers.Length / Numbers.Length).Sum(row => numbers[(row * Numbers.Length) + column]));

    private static double Sum(HistoryVectorizer vectorizer, HistoryMoment[] moments)
    {
        var sum = 0.0;
        Bags(vectorizer, moments, 0, rows => sum += rows.Values.ToArray().Sum(value => (double)value));
        return sum;
    }

    /// <summary>Rows of every user, a block at a time as the pipeline does it.</summary>
    private static int Bags(HistoryVectorizer vectorizer, HistoryMoment[] moments, int threads, Action<SparseRows>? done)
    {
        var rows = new SparseRows(vectorizer.Columns);
        for (var start = 0; start < moments.Length; start += Shard.GroupRows)
        {
            var first = start;
            vectorizer.Fill(Math.Min(Shard.GroupRows, moments.Length - start), row => moments[first + row], rows, threads);
            done?.Invoke(rows);
        }

        return moments.Length;
    }

    private static (double PerSecond, T Result) Rate<T>(int rounds, int events, Func<T> work)
    {
        var (times, result) = (new List<double>(), work()); // the first time is for the compiler
        for (var round = 0; round < rounds; round++)
        {
            var started = Stopwatch.GetTimestamp();
            result = work();
            times.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }

        return (events / times.Order().ElementAt(rounds / 2), result);
    }
}

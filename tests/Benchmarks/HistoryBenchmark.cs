using System.Diagnostics;
using System.Text.Json;
using Retraining.Dataset;
using Retraining.Features;
using TwoTower.Model;

namespace Benchmarks;

/// <summary>User features of the interactions that peer/history.py made up, on one thread; prints one line of JSON.</summary>
/// <remarks>Interactions a second for every user's numbers, bag of liked videos, and bags of tags and performers.</remarks>
internal static class HistoryBenchmark
{
    private const int BlockRows = 4096;
    private const long DayMs = 86_400_000;

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

        var rounds = arguments.Number("rounds", 3);
        var everything = new HistoryVectorizer(spec, catalogue, log);
        var (liked, tagged) = (Only("liked_videos"), Only("tag_vector", "actress_vector"));
        var (numbersRate, numbers) = Rate(rounds, log.Events, () => Numbers(everything, log, asOf));
        var (videosRate, videos) = Rate(rounds, log.Events, () => Bags(liked, log, asOf));
        var (tagsRate, tags) = Rate(rounds, log.Events, () => Bags(tagged, log, asOf));
        using var process = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            numbers = numbersRate,
            liked_videos = videosRate,
            tag_bags = tagsRate,
            sums = numbers.Skip(1).Append(videos).Append(tags), // pandas is not asked for the age of the account
            rss_mb = process.PeakWorkingSet64 >> 20,
        }));
    }

    private static double[] Numbers(HistoryVectorizer vectorizer, InteractionLog log, long asOf)
    {
        var sums = new double[FeatureLayout.UserNumeric.Count];
        for (var user = 0; user < log.Users; user++)
        {
            var numbers = vectorizer.Numbers(user, log.Offsets[user + 1], asOf);
            for (var k = 0; k < sums.Length; k++)
                sums[k] += numbers[k];
        }

        return sums;
    }

    /// <summary>Rows of every user, a block at a time as the pipeline does it; the sum of their values.</summary>
    private static double Bags(HistoryVectorizer vectorizer, InteractionLog log, long asOf)
    {
        var (rows, sum) = (new SparseRows(vectorizer.Columns), 0.0);
        for (var start = 0; start < log.Users; start += BlockRows)
        {
            rows.Clear();
            for (var user = start; user < Math.Min(log.Users, start + BlockRows); user++)
                vectorizer.Write(user, log.Offsets[user + 1], asOf, rows);
            foreach (var value in rows.Values)
                sum += value;
        }

        return sum;
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

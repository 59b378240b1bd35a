using System.Diagnostics;
using System.Text.Json;
using Retraining.Dataset;
using Retraining.Features;
using Retraining.Source;
using TwoTower.Model;

namespace Benchmarks;

/// <summary>User features of the interactions that peer/history.py made up, on one thread; prints one line of JSON.</summary>
/// <remarks>Interactions a second for every user's numbers, bag of liked videos, and bags of tags and performers.</remarks>
internal static class HistoryBenchmark
{
    private const int Tags = 2000;
    private const int Tokens = 7000;
    private const int BlockRows = 4096;
    private const int DaySeconds = 86_400;

    public static void Run(BenchmarkArguments arguments)
    {
        var folder = arguments.Text("data", "data");
        int[] Read(string name) => NpyFile<int>.ReadAll(Path.Combine(folder, name + ".npy"));
        var catalogue = ReadCatalogue(Read("h_price"), Read("i_off"), Read("i_idx"));
        var seconds = Read("h_time");
        var asOf = (seconds.Max() + DaySeconds) * 1000L;
        var log = ReadLog(Read("h_user"), Read("h_item"), seconds, Read("h_like"));
        var settings = new FeatureSettings
        {
            MinTagFreq = 1,
            MaxTagVocab = Tags,
            MinActressFreq = 1,
            MaxActressVocab = Tokens - Tags,
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

    private static Catalogue ReadCatalogue(int[] prices, int[] offsets, int[] tokens)
    {
        IReadOnlyList<string> Names(int item, int from, int to) =>
            [.. tokens[offsets[item]..offsets[item + 1]].Where(token => token >= from && token < to).Select(token => $"t{token:D5}")];
        string[] ids = [.. prices.Select((_, item) => $"v{item:D6}")];
        Video Video(string id, int item) =>
            new() { Id = id, Price = prices[item], Tags = Names(item, 0, Tags), Performers = Names(item, Tags, Tokens) };
        Video[] videos = [.. ids.Select(Video)];
        return new() { VideoIds = ids, Videos = videos };
    }

    private static InteractionLog ReadLog(int[] user, int[] item, int[] seconds, int[] like)
    {
        var users = user[^1] + 1;
        var offsets = new int[users + 1];
        foreach (var one in user)
            offsets[one + 1]++;
        for (var u = 0; u < users; u++)
            offsets[u + 1] += offsets[u];
        float[] weights = [.. item.Select(_ => 1f)];
        return new()
        {
            UserIds = [.. Enumerable.Range(0, users).Select(u => $"u{u:D6}")],
            ProfileCreatedAt = new long?[users],
            Offsets = offsets,
            Item = item,
            Time = [.. seconds.Select(second => second * 1000L)],
            Positive = [.. like.Select(one => one == 1)],
            Weight = weights,
        };
    }
}

using System.Diagnostics;
using System.Text.Json;
using TwoTower.Factorisation;

namespace Benchmarks;

/// <summary>Factorises generated likes, 100 topics with popular and rare items each; prints one line of JSON.</summary>
internal static class FactorBenchmark
{
    private const int Topics = 100;

    public static void Run(BenchmarkArguments arguments)
    {
        var (users, items, perUser) = (arguments.Number("users", 100_000), arguments.Number("items", 20_000), arguments.Number("likes", 50));
        var (sweeps, threads) = (arguments.Number("sweeps", 2), arguments.Number("threads", 1));
        var likes = Preferences.From(Enumerable.Range(0, users).Select(user => Likes(user, items, perUser).Select(item => (item, 1f))));
        using var process = Process.GetCurrentProcess();
        var cpu = process.TotalProcessorTime;
        var factorisation = new ImplicitAls(new() { Dim = 127, Sweeps = sweeps, Threads = threads }, likes, items);
        while (factorisation.HasSweepsLeft)
            factorisation.Sweep(CancellationToken.None);
        factorisation.Finish(CancellationToken.None);
        process.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            factors = $"{users} users, {items} items, {likes.Count} likes",
            threads,
            cpu_seconds_a_sweep = Math.Round((process.TotalProcessorTime - cpu).TotalSeconds / (sweeps + 0.5), 2), // users are solved once more
            rss_mb = process.PeakWorkingSet64 >> 20,
        }));
    }

    private static IEnumerable<int> Likes(int user, int items, int count)
    {
        var random = new Random(user);
        for (var k = 0; k < count; k++)
        {
            var rank = (int)(items / Topics * Math.Pow(random.NextDouble(), 2));
            yield return (rank * Topics) + (random.Next(4) == 0 ? random.Next(Topics) : user % Topics);
        }
    }
}

using System.Diagnostics;
using System.Text.Json;
using TwoTower.Evaluation;

namespace Benchmarks;

/// <summary>Exact top 100 of every user over the whole catalogue, on random embeddings; prints one line of JSON.</summary>
internal static class RankBenchmark
{
    public static void Run(BenchmarkArguments arguments)
    {
        var (users, items, dim, threads) = (arguments.Number("users", 50_000), arguments.Number("items", 20_000), arguments.Number("D", 128), arguments.Number("threads", 0));
        var random = new Random(1);
        float[] Draw(int rows) => [.. Enumerable.Range(0, rows * dim).Select(_ => (float)(random.NextDouble() - 0.5))];
        var (userRows, itemRows) = (Draw(users), Draw(items));
        using var process = Process.GetCurrentProcess();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        var scorer = new EmbeddingScorer(userRows, itemRows, dim);
        var lists = new FullCatalogueRanker { K = 100, Threads = threads }.Rank(scorer, ItemSets.Empty(users), null, CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        process.Refresh();
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            rank = "top100",
            users,
            items,
            threads,
            seconds = Math.Round(seconds, 2),
            cpu_seconds = Math.Round((process.TotalProcessorTime - cpu).TotalSeconds, 2),
            rss_mb = process.PeakWorkingSet64 >> 20,
            first = lists.Items(0)[0],
        }));
    }
}

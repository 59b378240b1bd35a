using System.Diagnostics;
using System.Text.Json;
using TwoTower.Evaluation;

namespace Benchmarks;

/// <summary>
/// Evaluation of two models on random embeddings: exact top 100 of every user over the whole catalogue, metrics by user, and an interval
/// for every metric of both and of their difference, over all users and over half of them. Prints one line of JSON.
/// </summary>
internal static class RankBenchmark
{
    public static void Run(BenchmarkArguments arguments)
    {
        var (users, items) = (arguments.Number("users", 50_000), arguments.Number("items", 20_000));
        var (dim, threads) = (arguments.Number("D", 128), arguments.Number("threads", 0));
        using var process = Process.GetCurrentProcess();
        var random = new Random(1);
        var targets = ItemSets.From(Enumerable.Range(0, users).Select(_ => Enumerable.Range(0, 5).Select(_ => random.Next(items))));
        var (champion, ranked) = Timed(process, () => Measure(Scorer(random, users, items, dim), targets, threads));
        var (challenger, _) = Timed(process, () => Measure(Scorer(random, users, items, dim), targets, threads));

        bool[] half = [.. Enumerable.Range(0, users).Select(user => user % 2 == 0)];
        List<UserValues> values = [];
        foreach (var counted in (bool[]?[])[null, half])
        {
            foreach (var name in champion.Names)
            {
                values.AddRange(
                    [new(champion, name, null, counted), new(challenger, name, null, counted), new(challenger, name, champion, counted)]);
            }
        }

        var (_, resampled) = Timed(process, () => new UserBootstrap { Threads = threads }.Intervals(values, CancellationToken.None));
        Console.WriteLine(JsonSerializer.Serialize(new
        {
            rank = "top100",
            users,
            items,
            threads,
            seconds = ranked.Seconds,
            cpu_seconds = ranked.CpuSeconds,
            intervals = values.Count,
            intervals_seconds = resampled.Seconds,
            intervals_cpu_seconds = resampled.CpuSeconds,
            rss_mb = process.PeakWorkingSet64 >> 20,
            recall = champion.Mean("recall@100"),
        }));
    }

    private static EmbeddingScorer Scorer(Random random, int users, int items, int dim)
    {
        float[] Draw(int rows)
        {
            var values = new float[rows * dim];
            for (var k = 0; k < values.Length; k++)
                values[k] = random.NextSingle() - 0.5f;
            return values;
        }

        return new(Draw(users), Draw(items), dim);
    }

    private static UserMetrics Measure(EmbeddingScorer scorer, ItemSets targets, int threads)
    {
        var ranker = new FullCatalogueRanker { K = 100, Threads = threads };
        var lists = ranker.Rank(scorer, ItemSets.Empty(targets.Users), null, CancellationToken.None);
        return new RankingEvaluator { Ks = [10, 20, 50, 100] }.Evaluate(lists, targets);
    }

    private static (T Result, (double Seconds, double CpuSeconds) Took) Timed<T>(Process process, Func<T> run)
    {
        process.Refresh();
        var (cpu, started) = (process.TotalProcessorTime, Stopwatch.GetTimestamp());
        var result = run();
        process.Refresh();
        var (seconds, cpuSeconds) = (Stopwatch.GetElapsedTime(started).TotalSeconds, (process.TotalProcessorTime - cpu).TotalSeconds);
        return (result, (Math.Round(seconds, 2), Math.Round(cpuSeconds, 2)));
    }
}

using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Retraining.Execution;
using Retraining.Local.Artifacts;
using Retraining.Postgres;
using Retraining.Postgres.Source;
using Retraining.Source;

namespace Benchmarks;

/// <summary>
/// From PostgreSQL to a snapshot: decisions and videos alone, and a service's whole data. Prints medians and ranges of rows a second, processor time
/// and peak memory of the syncing process, for the first sync of fresh processes and for later ones.
/// </summary>
internal static class SyncBenchmark
{
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        var dsn = Environment.GetEnvironmentVariable("DATABASE_URL") ?? throw new InvalidOperationException("DATABASE_URL is not set");
        var (server, rounds) = (PostgresDsn.ToConnectionString(dsn), arguments.Number("rounds", 4));
        if (arguments.Text("database", "") is { Length: > 0 } database)
        {
            await SyncAsync(SyncData.ConnectionTo(server, database), rounds);
            return;
        }

        var (decisions, videos, users) = (arguments.Number("decisions", 5_000_000), arguments.Number("videos", 200_000), arguments.Number("users", 100_000));
        foreach (var data in new SyncData[]
        {
            new("sync_benchmark_alone", false, decisions, videos, users), new("sync_benchmark", true, decisions, videos, users),
        })
        {
            await data.MakeAsync(server);
            List<SyncRound[]> processes = [];
            for (var process = 0; process < arguments.Number("processes", 3); process++)
                processes.Add(await StartAsync(data.Name, rounds));
            Print(data, processes);
        }
    }

    private static async Task<SyncRound[]> StartAsync(string database, int rounds)
    {
        string[] command = [Path.Combine(AppContext.BaseDirectory, "Benchmarks.dll"), "sync", "--database", database, "--rounds", $"{rounds}"];
        using var process = Process.Start(new ProcessStartInfo("dotnet", command) { RedirectStandardOutput = true })!;
        var lines = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(SyncRound.Parse)];
    }

    private static async Task SyncAsync(string connection, int rounds)
    {
        await using var database = NpgsqlDataSource.Create(connection);
        var folder = Directory.CreateTempSubdirectory("sync-benchmark-").FullName;
        using var process = Process.GetCurrentProcess();
        for (var round = 0; round < rounds; round++)
        {
            var context = new StageContext($"round-{round}", DateTimeOffset.UtcNow, 1, new Progress<StageProgress>());
            var (began, processor) = (Stopwatch.GetTimestamp(), process.TotalProcessorTime);
            var snapshot = await new SyncSource((_, _) => new PostgresSource(database), () => null, new LocalArtifactStore(folder))
                .RunAsync(new(new SourceSettings { Kind = "postgres" }), context, CancellationToken.None);
            var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
            process.Refresh();
            Console.WriteLine(new SyncRound(
                seconds, (process.TotalProcessorTime - processor).TotalSeconds, process.PeakWorkingSet64 / 1e6, snapshot.Hash));
        }

        Directory.Delete(folder, recursive: true);
    }

    private static void Print(SyncData data, List<SyncRound[]> processes)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{data.Name}: {data.Rows / 1e6:F1} million rows, snapshots {string.Join(", ", processes.SelectMany(p => p).Select(r => r.Hash[..12]).Distinct())}"));
        Print("first sync of a process", data, [.. processes.Select(rounds => rounds[0])]);
        Print("later ones", data, [.. processes.SelectMany(rounds => rounds.Skip(1))]);
    }

    private static void Print(string which, SyncData data, SyncRound[] rounds)
    {
        if (rounds.Length == 0)
            return;
        Console.WriteLine($"  {which}: {Show(rounds, r => data.Rows / r.Seconds / 1e6)} million rows a second, {Show(rounds, r => r.Seconds)} s, "
            + $"{Show(rounds, r => r.ProcessorSeconds)} processor seconds, {Show(rounds, r => r.PeakMb / 1e3)} GB at the peak");
    }

    /// <summary>Median, lowest and highest.</summary>
    private static string Show(SyncRound[] rounds, Func<SyncRound, double> value)
    {
        double[] values = [.. rounds.Select(value).Order()];
        return string.Create(CultureInfo.InvariantCulture, $"{values[values.Length / 2]:F2} ({values[0]:F2}-{values[^1]:F2})");
    }
}

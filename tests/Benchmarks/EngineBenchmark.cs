using System.Diagnostics;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Journal;
using Retraining.Local.Engine;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;
using Retraining.Postgres;
using Retraining.Postgres.Journal;

namespace Benchmarks;

/// <summary>What the embedded engine itself costs: the time between stages, and looking at a thousand stored runs.</summary>
internal sealed class EngineBenchmark(IJournalHome home, string folder)
{
    private const string InDatabase = "postgres";
    private static readonly Stage<Text, Text> Nothing = new("nothing", "Do nothing", WorkKind.Compute, RetryPolicy.None, TimeSpan.FromMinutes(1));

    private sealed record Text(string Value);

    private sealed class DoNothing : IStage<Text, Text>
    {
        public Task<Text> RunAsync(Text input, StageContext context, CancellationToken cancellationToken) => Task.FromResult(input);
    }

    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        var (stages, runs) = (arguments.Number("stages", 500), arguments.Number("runs", 1000));
        var folder = Directory.CreateTempSubdirectory("engine-benchmark-").FullName;
        await new EngineBenchmark(new FolderJournalHome(folder, TimeProvider.System, NullLogger.Instance), folder).MeasureAsync(stages, runs);
        if (Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } dsn)
        {
            using var home = new PostgresJournalHome(PostgresDsn.ToConnectionString(dsn), TimeProvider.System);
            await new EngineBenchmark(home, folder).MeasureAsync(stages, runs);
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>In a process of its own: the first list of all runs, and the one after it.</summary>
    public static async Task ListAsync(string folder)
    {
        IJournalHome home = folder == InDatabase
            ? new PostgresJournalHome(PostgresDsn.ToConnectionString(Environment.GetEnvironmentVariable("DATABASE_URL")!), TimeProvider.System)
            : new FolderJournalHome(folder, TimeProvider.System, NullLogger.Instance);
        await using var engine = new EngineBenchmark(home, folder).Open(stages: 0);
        if (folder == InDatabase)
            home.Prepare(); // connecting and looking for the tables is no part of a list
        foreach (var what in new[] { "first", "second" })
        {
            var began = Stopwatch.GetTimestamp();
            var page = await engine.ListAsync(new RunQuery { Top = 1000 }, CancellationToken.None);
            var ended = page.Runs.Count(run => run.HasEnded);
            Console.WriteLine($"  fresh process, {what} list, {ended} ended runs: {Stopwatch.GetElapsedTime(began).TotalMilliseconds:F1} ms");
        }
    }

    private async Task MeasureAsync(int stages, int runs)
    {
        var created = new List<string>();
        await using var engine = Open(stages);
        Console.WriteLine($"{home.Location}");
        for (var round = 0; round < 3; round++)
        {
            var began = Stopwatch.GetTimestamp();
            var runId = await engine.StartAsync(Request(), null, CancellationToken.None);
            await engine.WaitAsync(runId, CancellationToken.None);
            created.Add(runId);
            Console.WriteLine($"  {stages} stages one after the other: {Stopwatch.GetElapsedTime(began).TotalMilliseconds / stages:F2} ms each");
        }

        created.AddRange(Store(Math.Max(0, runs - created.Count)));
        var summarised = Stopwatch.GetTimestamp();
        await engine.ListAsync(new RunQuery { Top = 1000 }, CancellationToken.None);
        Console.WriteLine($"  list {runs} runs without a summary, which writes them: {Stopwatch.GetElapsedTime(summarised).TotalMilliseconds:F1} ms");
        for (var process = 0; process < 3; process++)
        {
            var program = Path.Combine(AppContext.BaseDirectory, "Benchmarks.dll");
            using var listing = Process.Start("dotnet", [program, "list", home is FolderJournalHome ? folder : InDatabase]);
            await listing.WaitForExitAsync();
        }

        await RouteBenchmark.RunAsync(home is FolderJournalHome ? "folder" : InDatabase, folder);
        foreach (var runId in created)
            await engine.PurgeAsync(runId, CancellationToken.None);
    }

    private LocalEngine Open(int stages) => new(new EngineServices
    {
        Settings = new EngineSettings { Folder = folder },
        Stages = new StageRegistry().Add(Nothing, () => new DoNothing()),
        Logging = NullLoggerFactory.Instance,
        Journals = home,
        Definition = async (run, _) =>
        {
            for (var i = 0; i < stages; i++)
                await run.CallAsync(Nothing, new Text($"stage {i}"));
            throw new PermanentStageException("done");
        },
    });

    /// <summary>Ended runs with as many records as a published weekly run has, 17 stages; without waiting for the disk where that is the folder's.</summary>
    private List<string> Store(int count)
    {
        var ids = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var startedAt = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).AddHours(i);
            var run = home.Create($"stored-{i:D4}", startedAt);
            Store(run, Records(run, startedAt));
            ids.Add(run.RunId);
        }

        return ids;
    }

    private void Store(RunKey run, IReadOnlyList<JournalRecord> records)
    {
        if (home is FolderJournalHome)
        {
            File.WriteAllBytes(
                new RunFolders(folder).Of(run).Journal,
                [.. records.SelectMany(record => JournalFrame.Encode(JsonSerializer.SerializeToUtf8Bytes(record, RecordJson.Options)))]);
            return;
        }

        const string InAHurry = ";Options=-c synchronous_commit=off"; // nothing is measured here
        using var quick = new PostgresJournalHome(PostgresDsn.ToConnectionString(Environment.GetEnvironmentVariable("DATABASE_URL")!) + InAHurry, TimeProvider.System);
        using var journal = quick.TryOpenAsync(run, lease: null, CancellationToken.None).GetAwaiter().GetResult()!;
        foreach (var record in records)
            journal.Append(record.Kind, record.Stage, record.Call, record.Content);
    }

    private static List<JournalRecord> Records(RunKey run, DateTimeOffset startedAt)
    {
        var input = JsonSerializer.SerializeToElement(new Text(new string('x', 1500)), RecordJson.Options);
        var records = new List<JournalRecord>();
        Add(EventKinds.RunStarted, null, new RunStartedContent(run.RunId, startedAt, Request()));
        for (var call = 0; call < 17; call++)
        {
            Add(EventKinds.StageStarted, call, new StageStartedContent(Nothing.Title, input));
            Add(EventKinds.StageCompleted, call, new StageCompletedContent(1, input));
        }

        Add(EventKinds.RunCompleted, null, new RunCompletedContent(StoredResult.Of(run.Version)));
        return records;

        void Add<T>(string kind, int? call, T content) => records.Add(new JournalRecord(
            records.Count, startedAt, kind, call is null ? null : Nothing.Name, call, JsonSerializer.SerializeToElement(content, RecordJson.Options)));
    }

    private static RetrainingRequest Request() => new() { Settings = new RetrainingSettings(), StartedBy = "benchmark" };
}

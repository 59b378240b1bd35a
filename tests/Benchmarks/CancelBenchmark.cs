using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Retraining;
using Retraining.Artifacts;
using Retraining.Azure;
using Retraining.Configuration;
using Retraining.Execution;
using Retraining.Local.Artifacts;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Postgres;
using Retraining.Postgres.Serving;
using Retraining.Postgres.Source;
using Retraining.Serving;
using Retraining.Source;

namespace Benchmarks;

/// <summary>
/// From a request of another process to the end of a run that is in the midst of long work: nothing of it runs any more, and the end is on the disk.
/// Training is that of <c>retrain run</c>; COPY, index and upload are the program's own over real servers, each as a run of one stage.
/// </summary>
internal sealed class CancelBenchmark(string folder, BenchmarkArguments arguments)
{
    private static readonly Stage<Text, Text> Work = new("work", "Work for long", WorkKind.Transfer, RetryPolicy.None, TimeSpan.FromHours(1));
    private readonly Random _random = new(1);

    private sealed record Text(string Value);

    private sealed class Doing(Func<StageContext, CancellationToken, Task> work) : IStage<Text, Text>
    {
        public async Task<Text> RunAsync(Text input, StageContext context, CancellationToken cancellationToken)
        {
            await work(context, cancellationToken);
            return input;
        }
    }

    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        var folder = Directory.CreateTempSubdirectory("cancel-benchmark-").FullName;
        await new CancelBenchmark(folder, arguments).MeasureAsync();
        Directory.Delete(folder, recursive: true);
    }

    private async Task MeasureAsync()
    {
        var sample = Path.Combine(folder, "sample");
        var size = new SampleSettings { Users = 20_000, Videos = 20_000, Decisions = arguments.Number("sample", 1_000_000) };
        await SampleGenerator.WriteAsync(sample, size, CancellationToken.None);
        await PrintAsync("training: factorisation", round => TrainingAsync(sample, "factors", "sweep", round));
        await PrintAsync("training: epochs", round => TrainingAsync(sample, "random", "epoch", round));
        await PrintAsync("upload into a folder", _ => StageAsync((_, token) => UploadAsync(new LocalArtifactStore(Path.Combine(folder, "store")), token)));
        if (Environment.GetEnvironmentVariable(BlobAccount.ConnectionStringVariable) is { Length: > 0 } account)
        {
            var store = new BlobAccount(account, null).Open("cancel-benchmark", "publish.kind");
            await PrintAsync("upload to blobs", _ => StageAsync((_, token) => UploadAsync(store, token)));
        }

        if (Environment.GetEnvironmentVariable("DATABASE_URL") is { Length: > 0 } dsn)
            await MeasureDatabaseAsync(PostgresDsn.ToConnectionString(dsn));
    }

    private async Task MeasureDatabaseAsync(string connection)
    {
        var data = new SyncData("cancel_benchmark", Whole: true, arguments.Number("decisions", 5_000_000), Videos: 200_000, Users: 100_000);
        await data.MakeAsync(connection);
        await using (var service = NpgsqlDataSource.Create(SyncData.ConnectionTo(connection, data.Name)))
            await PrintAsync("COPY out of PostgreSQL", _ => StageAsync((context, token) => SyncAsync(service, context, token)));
        await using var database = NpgsqlDataSource.Create(connection);
        await DatabaseMigrations.ApplyAsync(database, CancellationToken.None);
        await PrintAsync("COPY into PostgreSQL", _ => StageAsync((context, token) => LoadAsync(database, 5_000_000, context, token), " rows"));
        await PrintAsync("HNSW index in PostgreSQL", _ => StageAsync((context, token) => LoadAsync(database, 50_000, context, token), "building"));
    }

    private async Task PrintAsync(string what, Func<int, Task<double>> measure)
    {
        var times = new List<double>();
        for (var round = 0; round < arguments.Number("rounds", 5); round++)
            times.Add(await measure(round));
        Console.WriteLine($"{what}: {string.Join(", ", times.Select(time => $"{time:F2}"))} s");
    }

    /// <summary>The released command, cancelled from this process.</summary>
    /// <returns>Seconds until its process has ended.</returns>
    private async Task<double> TrainingAsync(string sample, string start, string message, int round)
    {
        var runId = $"{start}-{round}";
        var command = new ProcessStartInfo("dotnet",
        [
            Path.Combine(AppContext.BaseDirectory, "retrain.dll"), "run", "--data", sample, "--run-id", runId,
            "--set", $"training.start={start}", "--set", "training.factor_sweeps=1000", "--epochs", "1000",
        ])
        { RedirectStandardOutput = true, RedirectStandardError = true };
        command.Environment["TwoTower__Engine__Folder"] = folder;
        using var running = Process.Start(command)!;
        _ = running.StandardOutput.ReadToEndAsync();
        var log = running.StandardError.ReadToEndAsync();
        await using var other = Open((_, _) => Task.CompletedTask);
        await InTheMidstAsync(other, runId, told => told.Contains(message, StringComparison.Ordinal));
        var began = Stopwatch.GetTimestamp();
        await other.TerminateAsync(runId, null, CancellationToken.None);
        await running.WaitForExitAsync();
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return running.ExitCode == 130 ? seconds : throw new InvalidOperationException($"exit code {running.ExitCode}, expected 130: {await log}");
    }

    /// <param name="message">Part of what the stage tells when it is in the midst of the work; null: it tells nothing.</param>
    /// <returns>Seconds until nothing of the run is carried any more.</returns>
    private async Task<double> StageAsync(Func<StageContext, CancellationToken, Task> work, string? message = null)
    {
        await using var engine = Open(work);
        await using var other = Open(work); // as another process has it
        var runId = await engine.StartAsync(new RetrainingRequest { Settings = new RetrainingSettings(), StartedBy = "benchmark" }, null, CancellationToken.None);
        await InTheMidstAsync(other, runId, told => message is null || told.Contains(message, StringComparison.Ordinal));
        var began = Stopwatch.GetTimestamp();
        await other.TerminateAsync(runId, null, CancellationToken.None);
        var ended = await engine.WaitAsync(runId, CancellationToken.None);
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return ended is { Status: RunStatus.Terminated, Stages: [{ Status: StageStatus.Failed }] }
            ? seconds
            : throw new InvalidOperationException($"the run ended as {ended?.Status} ({ended?.Error}), expected that it was cancelled in its stage");
    }

    /// <summary>Waits until a stage tells what is waited for, and then some part of a second: requests come at any moment.</summary>
    private async Task InTheMidstAsync(LocalEngine engine, string runId, Func<string, bool> isMeant)
    {
        while (await engine.GetAsync(runId, CancellationToken.None) is not { } run
            || !run.Stages.Any(stage => stage.Status == StageStatus.Running && isMeant(stage.Progress?.Message ?? "")))
        {
            await Task.Delay(20);
        }

        await Task.Delay(_random.Next(500, 1000));
    }

    private LocalEngine Open(Func<StageContext, CancellationToken, Task> work) => new(new EngineServices
    {
        Settings = new EngineSettings { Folder = folder },
        Stages = new StageRegistry().Add(Work, () => new Doing(work)),
        Logging = NullLoggerFactory.Instance,
        Definition = async (run, _) =>
        {
            await run.CallAsync(Work, new Text(""));
            throw new PermanentStageException("done");
        },
    });

    private static async Task UploadAsync(IArtifactStore store, CancellationToken cancellationToken)
    {
        var piece = new byte[1 << 20];
        new Random(1).NextBytes(piece);
        await store.WriteAsync("large", async (stream, token) =>
        {
            while (true)
                await stream.WriteAsync(piece, token);
        }, WriteOptions.Private, cancellationToken);
    }

    private async Task SyncAsync(NpgsqlDataSource service, StageContext context, CancellationToken cancellationToken) =>
        await new SyncSource((_, _) => new PostgresSource(service), () => null, new LocalArtifactStore(Path.Combine(folder, "store")))
            .RunAsync(new(new SourceSettings { Kind = "postgres" }), context, cancellationToken);

    private static Task<LoadedEmbeddings> LoadAsync(NpgsqlDataSource database, int rows, StageContext context, CancellationToken cancellationToken) =>
        new PgVectorIndex(database, new ServingSettings { MinAnnRecall = 0 }, TimeProvider.System).LoadAsync(
            new EmbeddingLoad
            {
                Kind = EmbeddingKind.Users,
                Version = VersionName.From(context.StartedAt),
                Dim = 128,
                Rows = rows,
                ContentHash = context.RunId,
                ReadRows = _ => RowsAsync(rows),
                PositiveDecisions = ["like"],
                Progress = context.Progress,
            },
            cancellationToken);

    private static async IAsyncEnumerable<EmbeddingRow> RowsAsync(int count)
    {
        await Task.CompletedTask;
        var random = new Random(1);
        for (var row = 0; row < count; row++)
        {
            var vector = new float[128];
            for (var k = 0; k < vector.Length; k++)
                vector[k] = random.NextSingle() - 0.5f;
            yield return new EmbeddingRow($"user {row}", vector);
        }
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Retraining.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;
using Retraining.Postgres.Journal;
using Retraining.Tests.Cli;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Durability;

/// <summary>
/// SIGKILL at seeded random moments, again and again, until the run has ended. Each time it ends in the same bytes as an undisturbed run.
/// <c>RETRAIN_CHAOS_SECONDS</c> sets for how long (30 unless set, for each home of journals), <c>RETRAIN_CHAOS_SEED</c> where the randomness begins.
/// </summary>
public sealed class ChaosTests : IDisposable
{
    private const string Version = "20261122_190000";
    private const string RunId = "chaos";
    private static readonly TimeSpan RunLimit = TimeSpan.FromMinutes(5);
    private readonly CliFixture _cli = new();
    private string _journal = "";

    public void Dispose() => _cli.Dispose();

    [PostgresTheory]
    [InlineData("folder")]
    [InlineData("postgres")]
    public async Task Run_KilledAgainAndAgain_EndsInTheSameArtifactsOneVersionAndOneGeneration(string journal)
    {
        _journal = journal;
        var seed = Number("RETRAIN_CHAOS_SEED", 1);
        var length = TimeSpan.FromSeconds(Number("RETRAIN_CHAOS_SECONDS", 30));
        var random = new Random(seed);
        var (expected, took) = await UndisturbedAsync();

        var began = Stopwatch.StartNew();
        var (rounds, kills) = (0, 0);
        do
        {
            rounds++;
            kills += await InFreshPlaceAsync(async (variables, postgres) =>
            {
                var killed = await RunToEndAsync(variables, postgres, random, took);
                Assert.Equal(expected, Published());
                await AssertOneOfEachAsync(postgres, $"seed {seed}, round {rounds}");
                return killed;
            });
        }
        while (began.Elapsed < length);

        Assert.True(kills >= rounds, $"{kills} kills in {rounds} rounds, expected at least one each");
    }

    private Task<(IReadOnlyList<string> Files, TimeSpan Took)> UndisturbedAsync() => InFreshPlaceAsync(async (variables, _) =>
    {
        var began = Stopwatch.StartNew();
        using var process = Start(variables);
        Assert.True(await WaitAsync(process, RunLimit) == 0, process.Text);
        return (Published(), began.Elapsed);
    });

    /// <summary>A database and folders without anything in them.</summary>
    private async Task<T> InFreshPlaceAsync<T>(Func<Dictionary<string, string>, PostgresFixture, Task<T>> use)
    {
        foreach (var folder in new[] { "work", "model-artifacts" }.Select(_cli.PathOf).Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        var postgres = new PostgresFixture();
        await postgres.InitializeAsync();
        try
        {
            var variables = await HostVariables.CreateAsync(_cli, postgres);
            variables["TwoTower__Engine__Journal"] = _journal;
            return await use(variables, postgres);
        }
        finally
        {
            await postgres.DisposeAsync();
        }
    }

    /// <returns>How often it was killed.</returns>
    private async Task<int> RunToEndAsync(Dictionary<string, string> variables, PostgresFixture postgres, Random random, TimeSpan took)
    {
        for (var kills = 0; ; kills++)
        {
            using var process = HasBegun(postgres) ? GoOn(variables) : Start(variables);
            var mercy = kills == 0 ? took * (0.2 + (0.7 * random.NextDouble())) : took * (0.1 + random.NextDouble());
            if (await WaitAsync(process, mercy) is { } code)
            {
                Assert.True(code == 0, process.Text);
                return kills;
            }

            process.Kill();
            if (HasEnded(postgres))
                return kills + 1; // killed between its last record and its exit: there is nothing to go on with
        }
    }

    private static RetrainProcess Start(Dictionary<string, string> variables) =>
        RetrainProcess.Start(variables, "run", "--run-id", RunId, "--version", Version);

    private static RetrainProcess GoOn(Dictionary<string, string> variables) => RetrainProcess.Start(variables, "resume", RunId);

    private bool HasBegun(PostgresFixture postgres) => Records(postgres).Count > 0;

    private bool HasEnded(PostgresFixture postgres) => Records(postgres) is [.., { Kind: EventKinds.RunCompleted }];

    private IReadOnlyList<JournalRecord> Records(PostgresFixture postgres) =>
        AskHome(postgres, home => home.Find(RunId) is { } run ? home.Read(run) : []);

    private T AskHome<T>(PostgresFixture postgres, Func<IJournalHome, T> question)
    {
        if (_journal == "folder")
            return question(new FolderJournalHome(_cli.PathOf("work"), TimeProvider.System, NullLogger.Instance));
        using var home = new PostgresJournalHome(postgres.ConnectionString, TimeProvider.System);
        return question(home);
    }

    /// <returns>The exit code, or null when the time is up.</returns>
    private static async Task<int?> WaitAsync(RetrainProcess process, TimeSpan limit)
    {
        using var end = new CancellationTokenSource(limit);
        try
        {
            return await process.WaitAsync(end.Token);
        }
        catch (OperationCanceledException)
        {
            return process.HasExited ? await process.WaitAsync(CancellationToken.None) : null;
        }
    }

    private async Task AssertOneOfEachAsync(PostgresFixture postgres, string when)
    {
        var records = AskHome(postgres, home => home.Read(Assert.Single(home.Keys())));
        Assert.True(records[^1].Kind == EventKinds.RunCompleted, when);
        Assert.All(records.Where(record => record.Kind == EventKinds.StageCompleted).GroupBy(record => record.Call), call => Assert.Single(call));
        Assert.Equal(Version, await postgres.ScalarAsync<string>("select string_agg(version, ' ') from embedding_model_versions where is_active"));
        Assert.Equal($"two_tower_{Version}", await postgres.ScalarAsync<string>("select string_agg(nspname, ' ') from pg_namespace where nspname like 'two\\_tower\\_2%'"));
        Assert.Empty(Directory.EnumerateFiles(_cli.PathOf("work"), ".writing-*", SearchOption.AllDirectories));
        Assert.Empty(Directory.EnumerateFiles(_cli.PathOf("model-artifacts"), ".writing-*", SearchOption.AllDirectories));
    }

    /// <summary>Paths and hashes of everything published, in order.</summary>
    private IReadOnlyList<string> Published()
    {
        var root = _cli.PathOf("model-artifacts");
        return
        [
            .. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
                .Select(file => $"{Path.GetRelativePath(root, file)} {Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}"),
        ];
    }

    private static int Number(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var number) ? number : fallback;
}

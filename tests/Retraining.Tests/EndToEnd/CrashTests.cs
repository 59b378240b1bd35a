using Retraining.Configuration;
using Retraining.Local.Engine;
using Retraining.Operations;
using Retraining.Serving;
using Retraining.Source;
using Retraining.Tests.Servers;

namespace Retraining.Tests.EndToEnd;

public sealed class CrashTests : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Champion = "20260701_000000", Challenger = "20260708_000000";
    private readonly PostgresFixture _postgres;
    private readonly DirectoryInfo _sample = Directory.CreateTempSubdirectory("crash-sample-");

    public CrashTests(PostgresFixture postgres) => _postgres = postgres;

    public void Dispose() => _sample.Delete(recursive: true);

    [Fact]
    public async Task Run_KilledBeforeAndAfterEveryStage_EndsInTheSameFilesAsAnUninterruptedOne()
    {
        await WriteSampleAsync();
        using CrashWorkspace undisturbed = new(_sample.FullName), killed = new(_sample.FullName);
        Assert.Equal("Completed Published", await undisturbed.RunAsync("first", Champion, "none"));
        Assert.Equal("Completed Published", await undisturbed.RunAsync("second", Challenger, "none"));
        Assert.Equal("Completed Published", await killed.RunAsync("first", Champion, "none"));

        await KillEverywhereAsync(killed, "second", Challenger);

        Assert.Equal("Completed Published", await killed.RunAsync("second", Challenger, "none"));
        Assert.Equal(undisturbed.Published(), killed.Published());
        await using var index = new FileVectorIndex(new ServingSettings { Folder = killed.PathOf(".local/vector-index") }, TimeProvider.System);
        await RequireOneLiveVersionAsync(index);
    }

    [Fact]
    public async Task Run_KilledWithinItsParts_EndsInTheSameFilesAsAnUninterruptedOne()
    {
        await WriteSampleAsync(users: 9_000, videos: 9_000); // three row groups each, so that all three parts have rows
        using CrashWorkspace undisturbed = new(_sample.FullName), killed = new(_sample.FullName);
        foreach (var workspace in new[] { undisturbed, killed })
        {
            workspace.Variables["TwoTower__Engine__Shards"] = "3";
            workspace.Variables["TwoTower__Training__Epochs"] = "1";
            workspace.Variables["TwoTower__Training__FactorTrials"] = "false";
            workspace.Variables["TwoTower__Gate__MinEffectiveDimensions"] = "1";
            workspace.Variables["TwoTower__Training__EmbeddingDim"] = workspace.Variables["TwoTower__Training__HiddenDim"] = "16";
        }

        Assert.Equal("Completed Published", await undisturbed.RunAsync("first", Champion, "none"));
        string[] kills =
        [
            "user-features#1:after", "user-features#2:before", "item-features#2:after", "join:before", "join:after",
            "video-embeddings#0:after", "user-embeddings#2:before", "user-embeddings#1:after",
        ];
        foreach (var kill in kills)
            Assert.Null(await killed.RunAsync("first", Champion, kill));

        Assert.Equal("Completed Published", await killed.RunAsync("first", Champion, "none"));
        Assert.Equal(undisturbed.Published(), killed.Published());
    }

    [Fact]
    public async Task Run_KilledAtRandomTimes_EndsInTheSameFilesAsAnUninterruptedOne()
    {
        await WriteSampleAsync();
        using CrashWorkspace undisturbed = new(_sample.FullName), killed = new(_sample.FullName);
        Assert.Equal("Completed Published", await undisturbed.RunAsync("first", Champion, "none"));
        var random = new Random(1);
        string? end = null;
        for (var kills = 0; end is null && kills < 15; kills++)
        {
            // From the first milliseconds of the process to beyond the length of a stage; whatever it was doing is cut.
            using var process = killed.Start("first", Champion, "none");
            using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(random.Next(300, 2_500)));
            await using (limit.Token.Register(process.Kill))
                end = await CrashWorkspace.EndAsync(process);
        }

        Assert.Equal("Completed Published", end ?? await killed.RunAsync("first", Champion, "none"));
        Assert.Equal(undisturbed.Published(), killed.Published());
    }

    [Fact]
    public async Task Start_WhileAnotherProcessRuns_IsRefusedAndCancelReachesTheOther()
    {
        await WriteSampleAsync();
        using var workspace = new CrashWorkspace(_sample.FullName);
        workspace.Variables["TwoTower__Training__Epochs"] = "10000";
        workspace.Variables["TwoTower__Training__Patience"] = "10000";
        using var first = workspace.Start("first", Champion, "none");
        await using var here = workspace.OpenEngine();
        await UntilAsync(here, run => run is { Interrupted: false } && run.Stages.Any(stage => stage.Progress?.Values.ContainsKey("loss") == true));

        Assert.Equal("in progress: first", await workspace.RunAsync("second", Challenger, "none"));
        Assert.Equal(ControlResult.Accepted, await here.TerminateAsync("first", "enough", CancellationToken.None));

        Assert.Equal("Terminated enough", await CrashWorkspace.EndAsync(first));
        Assert.Equal(RunStatus.Terminated, (await here.GetAsync("first", CancellationToken.None))!.Status);
        Assert.Null(await here.GetAsync("second", CancellationToken.None));
    }

    [Fact]
    public async Task Run_JournalTornByACrash_GoesOn()
    {
        await WriteSampleAsync();
        using var workspace = new CrashWorkspace(_sample.FullName);
        Assert.Null(await workspace.RunAsync("first", Champion, $"features:{KillPoint.Before}"));
        var journal = Directory.EnumerateFiles(workspace.PathOf(".local/work/journals"), "journal", SearchOption.AllDirectories).Single();
        await using (var file = new FileStream(journal, FileMode.Append))
            await file.WriteAsync(new byte[] { 200, 1, 0, 0, 7, 7, 7, 7, (byte)'{', (byte)'"' });

        Assert.Equal("Completed Published", await workspace.RunAsync("first", Champion, "none"));
    }

    [PostgresFact]
    public async Task Run_KilledBeforeAndAfterEveryStage_LeavesOneLiveGenerationInTheDatabase()
    {
        await WriteSampleAsync();
        using var killed = new CrashWorkspace(_sample.FullName, _postgres.ConnectionString);
        Assert.Equal("Completed Published", await killed.RunAsync("first", Champion, "none"));

        await KillEverywhereAsync(killed, "second", Challenger);

        Assert.Equal("Completed Published", await killed.RunAsync("second", Challenger, "none"));
        await using var index = new Retraining.Postgres.Serving.PgVectorIndex(_postgres.Database, new RetrainingSettings().Serving, TimeProvider.System);
        await RequireOneLiveVersionAsync(index);
        Assert.Equal(1L, await _postgres.ScalarAsync<long>("select count(*) from public.embedding_model_versions where is_active"));
        Assert.Equal(150L, await _postgres.ScalarAsync<long>("select count(*) from public.video_embeddings"));
        // The generation before stays for a rollback, and nothing else.
        Assert.Equal(
            $"two_tower_{Champion}",
            await _postgres.ScalarAsync<string>(@"select string_agg(distinct schemaname, ',') from pg_tables where schemaname like 'two\_tower\_2%'"));
    }

    /// <summary>One run, killed at every point there is; each process gets as far as the next point.</summary>
    private static async Task KillEverywhereAsync(CrashWorkspace workspace, string runId, string version)
    {
        foreach (var stage in Stages.All) // slices and the question for approval are switched on
        {
            Assert.Null(await workspace.RunAsync(runId, version, $"{stage.Name}:{KillPoint.Before}"));
            Assert.Null(await workspace.RunAsync(runId, version, $"{stage.Name}:{KillPoint.After}"));
        }
    }

    private static async Task RequireOneLiveVersionAsync(IVectorIndex index)
    {
        var versions = await index.ListVersionsAsync(CancellationToken.None);
        Assert.Equal([Challenger, Champion], versions.Select(version => version.Version));
        Assert.Equal(Challenger, Assert.Single(versions, version => version.IsActive).Version);
    }

    private static async Task UntilAsync(LocalEngine engine, Func<RunState, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await engine.GetAsync("first", limit.Token) is not { } run || !condition(run))
        {
            await Task.Yield();
            limit.Token.ThrowIfCancellationRequested();
        }
    }

    private Task<RowCounts> WriteSampleAsync(int users = 120, int videos = 150) => SampleGenerator.WriteAsync(
        _sample.FullName, new SampleSettings { Users = users, Videos = videos, Decisions = Math.Max(3_600, 2 * users) }, CancellationToken.None);
}

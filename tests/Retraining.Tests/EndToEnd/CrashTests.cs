using Retraining.Configuration;
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
        foreach (var stage in Stages.All)
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

    private Task<RowCounts> WriteSampleAsync() =>
        SampleGenerator.WriteAsync(_sample.FullName, new SampleSettings { Users = 120, Videos = 150, Decisions = 3_600 }, CancellationToken.None);
}

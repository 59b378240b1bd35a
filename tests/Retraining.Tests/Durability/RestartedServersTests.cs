using Retraining.Operations;
using Retraining.Postgres.Journal;
using Retraining.Tests.Cli;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Durability;

/// <summary>Whole runs over real servers, with everything in them: journal and vectors in PostgreSQL, files and versions in Azure Blob Storage.</summary>
[Collection(RestartCollection.Name)]
public sealed class RestartedServersTests : IAsyncLifetime, IDisposable
{
    private const string Version = "20261122_190000";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private readonly PostgresFixture _postgres = new();
    private readonly string _suffix = Guid.NewGuid().ToString("N");
    private readonly CliFixture _cli = new();
    private readonly CancellationTokenSource _limit = new(Limit);

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    public void Dispose()
    {
        _cli.Dispose();
        _limit.Dispose();
    }

    [RestartFact]
    public async Task Run_PostgresRestartedInTheMiddleOfStages_EndsPublished() =>
        await RunAsync("pg", ["sync", "train", "upsert-videos", "activate"], LocalServer.Postgres.Restart);

    [RestartFact]
    public async Task Run_AzuriteRestartedInTheMiddleOfStages_EndsPublished() =>
        await RunAsync("blob", ["sync", "user-features", "train", "publish"], LocalServer.Azurite.Restart);

    [RestartFact]
    public async Task Run_KilledWithItsFilesInBlobStorage_GoesOnAndLeavesNothingOnThisMachine()
    {
        var variables = await VariablesAsync();
        using (var first = Start(variables, "killed"))
        {
            await UntilStartedAsync(first, "killed", "train");
            first.Kill();
        }

        using var second = RetrainProcess.Start(variables, "resume", "killed");
        Assert.True(await second.WaitAsync(_limit.Token) == 0, second.Text);
        await AssertPublishedAsync("killed");
        Assert.False(Directory.Exists(_cli.PathOf("work/runs")));
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
    }

    private async Task RunAsync(string runId, string[] stages, Action restart)
    {
        using var process = Start(await VariablesAsync(), runId);
        foreach (var stage in stages)
        {
            await UntilStartedAsync(process, runId, stage);
            restart();
        }

        Assert.True(await process.WaitAsync(_limit.Token) == 0, process.Text);
        await AssertPublishedAsync(runId);
    }

    private static RetrainProcess Start(Dictionary<string, string> variables, string runId) =>
        RetrainProcess.Start(variables, "run", "--run-id", runId, "--version", Version);

    private async Task UntilStartedAsync(RetrainProcess process, string runId, string stage)
    {
        using var home = new PostgresJournalHome(_postgres.ConnectionString, TimeProvider.System);
        while (!process.HasExited)
        {
            if (home.Find(runId) is { } run && home.Read(run).Any(record => record.Kind == EventKinds.StageStarted && record.Stage == stage))
                return;
            _limit.Token.ThrowIfCancellationRequested();
        }

        Assert.Fail($"the run ended before its stage {stage}: {process.Text}");
    }

    private async Task AssertPublishedAsync(string runId)
    {
        _postgres.Database.Clear(); // the connections of this process were cut too
        using var home = new PostgresJournalHome(_postgres.ConnectionString, TimeProvider.System);
        var records = home.Read(home.Find(runId)!);
        Assert.Equal(EventKinds.RunCompleted, records[^1].Kind);
        Assert.All(records.Where(record => record.Kind == EventKinds.StageCompleted).GroupBy(record => record.Call), call => Assert.Single(call));
        Assert.Equal(Version, await _postgres.ScalarAsync<string>("select string_agg(version, ' ') from embedding_model_versions where is_active"));
        Assert.True(await new BlobContainer($"models-{_suffix}").HasAsync("two-tower/v3/current/manifest.json", _limit.Token));
    }

    private async Task<Dictionary<string, string>> VariablesAsync() =>
        new(await HostVariables.InBlobsAsync(_cli, _postgres, _suffix), StringComparer.Ordinal) { ["TwoTower__Engine__Journal"] = "postgres" };
}

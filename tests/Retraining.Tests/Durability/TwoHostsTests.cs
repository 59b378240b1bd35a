using System.Net;
using System.Net.Sockets;
using Retraining.Configuration;
using Retraining.Journal;
using Retraining.Operations;
using Retraining.Postgres.Journal;
using Retraining.Tests.Cli;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Durability;

/// <summary>Two real hosts over one database and one folder; the active one dies in every stage.</summary>
public sealed class TwoHostsTests : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);
    private readonly PostgresFixture _postgres = new();
    private readonly CliFixture _cli = new();
    private readonly List<RetrainProcess> _hosts = [];
    private readonly CancellationTokenSource _limit = new(Limit);

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public async Task DisposeAsync()
    {
        foreach (var host in _hosts)
            host.Dispose();
        await _postgres.DisposeAsync();
    }

    public void Dispose()
    {
        _cli.Dispose();
        _limit.Dispose();
    }

    [PostgresFact]
    public async Task Hosts_TheActiveOneKilledInEveryStage_TheRunEndsOnceWithOneVersion()
    {
        using var home = new PostgresJournalHome(_postgres.ConnectionString, TimeProvider.System);
        home.Prepare();
        await using var hold = new StageHold(_postgres);
        await hold.InstallAsync();
        string[] stages = [.. Stages.PlannedBy(new RetrainingSettings()).Select(stage => stage.Name)];
        await hold.CloseAsync(stages);
        var variables = await VariablesAsync();
        StartHost(variables);
        StartHost(variables);

        var killedIn = new List<string>();
        while (killedIn.Count < stages.Length)
        {
            var (stage, backend, process) = await hold.UntilReachedAsync(_limit.Token);
            _hosts.Single(host => host.Id == process).Kill();
            StartHost(variables);
            await hold.OpenAsync(stage, backend);
            killedIn.Add(stage);
        }

        var run = Assert.Single(home.Keys());
        await UntilEndedAsync(home, run);
        AssertEndedOnce(home.Read(run), stages);
        await AssertOneVersionAsync(run.Version);
        Assert.Equal(2, _hosts.Count(host => !host.HasExited));
    }

    private void AssertEndedOnce(IReadOnlyList<JournalRecord> records, string[] killedIn)
    {
        Assert.Single(records, record => record.Kind == EventKinds.RunStarted);
        Assert.True(records[^1].Kind == EventKinds.RunCompleted, string.Join('\n', _hosts.Select(host => host.Text)));
        Assert.Equal(killedIn.Length, records.Count(record => record.Kind == EventKinds.RunResumed));
        var completed = records.Where(record => record.Kind == EventKinds.StageCompleted).GroupBy(record => record.Call);
        Assert.All(completed, call => Assert.Single(call));
        // At least: what runs beside a stage dies with it.
        Assert.All(killedIn, stage => Assert.True(records.Count(record => record.Kind == EventKinds.StageStarted && record.Stage == stage) >= 2, stage));
    }

    private async Task AssertOneVersionAsync(string version)
    {
        Assert.Equal(version, await _postgres.ScalarAsync<string>("select string_agg(version, ' ') from embedding_model_versions"));
        Assert.True(await _postgres.ScalarAsync<bool>("select bool_and(is_active) from embedding_model_versions"));
        Assert.Equal(1L, await _postgres.ScalarAsync<long>("select count(distinct nspname) from pg_namespace where nspname like '%' || replace('" + version + "', '_', '\\_') || '%'"));
        Assert.Equal(120L, await _postgres.ScalarAsync<long>("select count(*) from user_embeddings"));
        var versions = Directory.GetDirectories(_cli.PathOf("model-artifacts/two-tower/v3")).Select(Path.GetFileName).Order(StringComparer.Ordinal);
        Assert.Equal([version, "current"], versions);
        Assert.Empty(Directory.EnumerateFiles(_cli.PathOf("model-artifacts"), ".writing-*", SearchOption.AllDirectories));
    }

    private async Task UntilEndedAsync(PostgresJournalHome home, RunKey run)
    {
        while (home.Read(run)[^1].Kind is not (EventKinds.RunCompleted or EventKinds.RunFailed or EventKinds.RunTerminated))
            await Task.Delay(TimeSpan.FromMilliseconds(100), _limit.Token);
    }

    private void StartHost(IReadOnlyDictionary<string, string> variables) =>
        _hosts.Add(RetrainProcess.Start(variables, "serve", "--url", $"http://127.0.0.1:{FreePort()}"));

    private async Task<Dictionary<string, string>> VariablesAsync() => new(await HostVariables.CreateAsync(_cli, _postgres), StringComparer.Ordinal)
    {
        ["RETRAIN_START_KEY"] = "start-key-0123456789abcdef",
        ["TwoTower__Engine__Journal"] = "postgres",
        ["TwoTower__Schedule__Expression"] = "*/5 * * * * *", // always the same ISO week, so the same run
    };

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

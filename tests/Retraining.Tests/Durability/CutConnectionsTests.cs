using Npgsql;
using Retraining.Operations;
using Retraining.Postgres.Journal;
using Retraining.Tests.Cli;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Durability;

/// <summary>The database drops every connection in the middle of a run, as it does when it restarts.</summary>
public sealed class CutConnectionsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Cut =
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";

    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [PostgresFact]
    public async Task Run_EveryConnectionCutInFiveStages_EndsPublished()
    {
        using var home = new PostgresJournalHome(postgres.ConnectionString, TimeProvider.System);
        home.Prepare();
        var variables = await HostVariables.CreateAsync(_cli, postgres);
        variables["TwoTower__Engine__Journal"] = "postgres";
        using var process = RetrainProcess.Start(variables, "run", "--run-id", "cut");
        foreach (var stage in new[] { "sync", "train", "export", "upsert-users", "activate" })
        {
            while (!process.HasExited && !await ReachedAsync(stage))
                await Task.Yield();
            await postgres.ExecuteAsync(Cut);
        }

        Assert.True(await process.WaitAsync(CancellationToken.None) == 0, process.Text);
        var records = home.Read(home.Find("cut")!);
        Assert.Equal(EventKinds.RunCompleted, records[^1].Kind);
        Assert.Equal(Enumerable.Range(0, records.Count).Select(i => (long)i), records.Select(record => record.Sequence));
        Assert.Equal(1L, await postgres.ScalarAsync<long>("select count(*) from embedding_model_versions where is_active"));
    }

    private async Task<bool> ReachedAsync(string stage)
    {
        try
        {
            return await postgres.ScalarAsync<bool>(
                $"select exists (select from two_tower.run_records where kind = 'stage-started' and record::json ->> 'stage' = '{stage}')");
        }
        catch (NpgsqlException)
        {
            return false; // this connection was cut too
        }
    }
}

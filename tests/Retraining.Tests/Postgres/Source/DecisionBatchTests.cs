using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Postgres.Source;

/// <summary>The fast way to read decisions gives what the plain one gives.</summary>
public sealed class DecisionBatchTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    private const string Table = "create table user_video_decisions (user_id uuid, video_id uuid, decision_type text, created_at timestamptz);";

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is null)
            await postgres.ExecuteAsync("drop schema if exists two_tower cascade; drop schema public cascade; create schema public");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgresFact]
    public async Task ReadDecisionBatches_TableOfSeveralParts_GivesTheRowsOfThePlainWay()
    {
        await postgres.ExecuteAsync(
            Table + """
            insert into user_video_decisions
            select md5('u' || i % 700)::uuid, case when i % 997 <> 0 then md5('v' || i % 1300)::uuid end,
              case i % 9 when 0 then ' like ' when 1 then '  ' when 2 then 'type ' || i when 3 then null else 'nope' end,
              case i % 1009 when 0 then 'infinity' when 1 then '-infinity' when 2 then timestamptz '1969-12-31 23:59:59.999999+00'
                when 3 then null else timestamptz '2026-01-01' + i * interval '1 millisecond' end
            from generate_series(1, 150000) i;
            delete from user_video_decisions where user_id < '10000000-0000-0000-0000-000000000000';
            """);
        await using var source = new PostgresSource(postgres.Database);
        Assert.True(1 < await postgres.ScalarAsync<long>("select pg_relation_size('user_video_decisions') / 8192 / 512"), "the table has one part only");

        var expected = await source.ReadDecisionsAsync(default).ToArrayAsync();
        Assert.Equal(expected, await BatchesAsync(source));
        Assert.Contains(expected, row => row.Fault is not null);
    }

    [PostgresFact]
    public async Task ReadDecisionBatches_View_IsReadInOnePart()
    {
        await postgres.ExecuteAsync("create view user_video_decisions as select md5('u')::uuid as user_id, md5(i::text)::uuid as video_id, "
            + "'like'::varchar as decision_type, timestamp '2026-01-01 09:00' as created_at from generate_series(1, 40000) i");
        await using var source = new PostgresSource(postgres.Database);
        var rows = await BatchesAsync(source);
        Assert.Equal(40_000, rows.Count);
        Assert.Equal(40_000, rows[^1].Row);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 9, 0, 0, TimeSpan.Zero), rows[^1].Value!.CreatedAt);
        Assert.Equal(await source.ReadDecisionsAsync(default).ToArrayAsync(), rows);
    }

    [PostgresFact]
    public async Task ReadDecisionBatches_IdsThatAreNoUuids_AreReadThePlainWay()
    {
        await postgres.ExecuteAsync("create table user_video_decisions (user_id bigint, video_id uuid, decision_type text, created_at timestamptz)");
        await using var source = new PostgresSource(postgres.Database);
        Assert.Null(await source.ReadDecisionBatchesAsync(default));
    }

    [PostgresFact]
    public async Task ReadDecisionBatches_OneConnectionInThePool_IsEnough()
    {
        await postgres.ExecuteAsync(Table + "insert into user_video_decisions select md5('u')::uuid, md5(i::text)::uuid, 'like', now() from generate_series(1, 90000) i");
        await using var database = Npgsql.NpgsqlDataSource.Create(postgres.ConnectionString + ";Maximum Pool Size=1;Timeout=2");
        await using var source = new PostgresSource(database);
        Assert.Equal(90_000, (await BatchesAsync(source)).Count);
    }

    [PostgresFact]
    public async Task ReadDecisionBatches_StoppedInTheMiddle_LeavesNoConnectionOpen()
    {
        await postgres.ExecuteAsync(Table + "insert into user_video_decisions select md5('u')::uuid, md5(i::text)::uuid, 'like', now() from generate_series(1, 150000) i");
        await using var database = Npgsql.NpgsqlDataSource.Create(postgres.ConnectionString + ";Application Name=stopped;Pooling=false");
        await using (var source = new PostgresSource(database))
        {
            await foreach (var batch in (await source.ReadDecisionBatchesAsync(default))!)
            {
                Assert.Equal(1, batch.FirstRow);
                break;
            }
        }

        Assert.Equal(0, await postgres.ScalarAsync<long>("select count(*) from pg_stat_activity where application_name = 'stopped' and state = 'active'"));
    }

    [PostgresFact]
    public async Task Sync_BatchesWithBadRows_CountsAndQuarantinesThem()
    {
        await postgres.ExecuteAsync(
            Table + """
            create table profiles (user_id uuid); create table videos (id uuid);
            insert into videos select md5('v' || i)::uuid from generate_series(1, 3) i;
            insert into user_video_decisions values (md5('u')::uuid, md5('v1')::uuid, 'like', '2026-01-01'), (md5('u')::uuid, md5('v9')::uuid, 'like', '2026-01-01'),
              (md5('u')::uuid, md5('v2')::uuid, 'nope', '2999-01-01'), (md5('u')::uuid, md5('v2')::uuid, 'nope', '2026-01-02'), (null, md5('v2')::uuid, 'nope', '2026-01-02');
            """);
        var run = new SyncRun();
        var snapshot = await run.FromAsync(new PostgresSource(postgres.Database));
        var report = await run.ReportAsync(snapshot);
        Assert.Equal((5, 2, 3, 1), (report.Decisions.Read, report.Decisions.Kept, report.Decisions.Quarantined, report.Decisions.Orphans));
        Assert.Equal(new SortedDictionary<string, long> { ["like"] = 1, ["nope"] = 1 }, report.DecisionTypes);
        var quarantine = run.Quarantine(snapshot);
        Assert.Contains("\"row\":2,\"field\":\"video_id\",\"found\":\"" + await postgres.ScalarAsync<string>("select md5('v9')::uuid::text"), quarantine[0], StringComparison.Ordinal);
        Assert.Contains("\"row\":3,\"field\":\"created_at\",\"found\":\"2999-01-01", quarantine[1], StringComparison.Ordinal);
        Assert.Contains("\"row\":5,\"field\":\"user_id\",\"found\":\"null\"", quarantine[2], StringComparison.Ordinal);
    }

    private static async Task<List<SourceRow<Decision>>> BatchesAsync(PostgresSource source)
    {
        var rows = new List<SourceRow<Decision>>();
        await foreach (var batch in (await source.ReadDecisionBatchesAsync(default))!)
        {
            for (var i = 0; i < batch.Count; i++)
                rows.Add(batch[i]);
        }

        return rows;
    }
}

using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Tests.Servers;
using Retraining.Tests.Source;

namespace Retraining.Tests.Postgres.Source;

/// <summary>A sync that is cancelled while PostgreSQL sends stops there too, and leaves no snapshot.</summary>
public sealed class CancelledSyncTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime
{
    // Some messages at once, then a row a second: the server works and sends nothing for minutes.
    private const string Slow = "from generate_series(1, 2000) i cross join lateral (select pg_sleep(case when i <= 500 then 0 else 1 end)) pause";

    private readonly SyncRun _run = new();

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is not null)
            return;
        await postgres.ExecuteAsync("""
            drop schema public cascade; create schema public;
            create table profiles (user_id uuid); create table videos (id uuid, title text); insert into videos values (gen_random_uuid(), 'One');
            create table user_video_decisions (user_id uuid, video_id uuid, decision_type text, created_at timestamptz);
            """);
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [PostgresTheory]
    [InlineData("profiles", "select gen_random_uuid() as user_id")]
    [InlineData("videos", "select gen_random_uuid() as id, 'One' as title")]
    [InlineData("user_video_decisions", "select gen_random_uuid() as user_id, gen_random_uuid() as video_id, 'like' as decision_type, now() as created_at")]
    [InlineData("user_video_decisions", "select i::text as user_id, 'v' as video_id, 'like' as decision_type, now() as created_at")]
    public async Task RunAsync_CancelledWithinTheCopy_StopsAndLeavesNoSnapshot(string table, string columns)
    {
        await postgres.ExecuteAsync($"drop table {table}; create view {table} as {columns} {Slow}");
        await using var source = new PostgresSource(postgres.Database);
        using var stop = new CancellationTokenSource();
        var sync = new SyncSource((_, _) => source, () => null, _run.Work);

        var run = Task.Run(() => sync.RunAsync(new(new()), _run.Context, stop.Token));
        await Backends.OneCopyingAsync(postgres, rows: 500);
        await stop.CancelAsync();

        await Stopping.AssertEndsAsync(run, stop.Token);
        await source.DisposeAsync().AsTask().WaitAsync(Stopping.Limit);
        await Backends.AllIdleAsync(postgres);
        Assert.Empty(_run.Work.Files);
    }
}

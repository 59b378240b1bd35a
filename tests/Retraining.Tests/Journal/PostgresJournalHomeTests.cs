using Retraining.Journal;
using Retraining.Local.Journal;
using Retraining.Local.Runs;
using Retraining.Operations;
using Retraining.Postgres.Journal;
using Retraining.Tests.Servers;

namespace Retraining.Tests.Journal;

public sealed class PostgresJournalHomeTests(PostgresFixture postgres) : JournalHomeTests(new JournalPlace(postgres)), IClassFixture<PostgresFixture>
{
    private const string CutConnections =
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and application_name like 'retrain %'";

    [PostgresFact]
    public async Task Append_ConnectionCut_TakesItsLockBackAndGoesOn()
    {
        var run = Create("one");
        using var lease = await Open().TryLeaseAsync(CancellationToken.None);
        using var journal = await Open().TryOpenAsync(run, lease, CancellationToken.None);
        journal!.Append(EventKinds.RunSuspended, new ReasonContent("before"));

        Assert.True(await postgres.ScalarAsync<long>(CutConnections) > 0);
        journal.Append(EventKinds.RunResumed, new ReasonContent("after"));

        var other = Open();
        Assert.Equal(["before", "after"], Reasons(other.Read(run)));
        Assert.Null(await other.TryLeaseAsync(CancellationToken.None));
        Assert.Null(await other.TryOpenAsync(run, null, CancellationToken.None));
    }

    [PostgresFact]
    public async Task Session_MachineOfEitherEndIsGone_LosesNoRecordAndHoldsNoLockForLong()
    {
        await postgres.ExecuteAsync("do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$");
        using var unpooled = Npgsql.NpgsqlDataSource.Create(postgres.ConnectionString);
        using var session = new JournalSession(unpooled, TimeProvider.System);
        using var command = session.Command(
            "select concat_ws(' ', current_setting('synchronous_commit'), current_setting('tcp_keepalives_idle'), current_setting('tcp_keepalives_count'))");

        Assert.Equal("on 10 3", command.ExecuteScalar());
    }

    [PostgresFact]
    public async Task Append_AnotherProcessWroteMeanwhile_IsRefused()
    {
        var run = Create("one");
        using var journal = await OpenAsync(Open(), run);
        journal.Append(EventKinds.RunSuspended, new ReasonContent("before"));
        await postgres.ScalarAsync<long>(CutConnections);
        using (var thief = await OpenAsync(Open(), run))
            thief.Append(EventKinds.RunResumed, new ReasonContent("by another"));

        var error = Assert.Throws<JournalWriteException>(() => journal.Append(EventKinds.RunResumed, new ReasonContent("late")));

        Assert.Contains("another process", error.Message, StringComparison.Ordinal);
        Assert.Equal(["before", "by another"], Reasons(Open().Read(run)));
        Assert.Throws<JournalWriteException>(journal.Renew);
    }

    [PostgresFact]
    public async Task Read_RecordChangedByHand_IsRefused()
    {
        var run = Create("one");
        using (var journal = await OpenAsync(Open(), run))
        {
            journal.Append(EventKinds.RunSuspended, new ReasonContent("true"));
            journal.Append(EventKinds.RunResumed, new ReasonContent("x"));
        }

        await postgres.ExecuteAsync("update two_tower.run_records set record = replace(record, 'true', 'false') where sequence = 0");

        var error = Assert.Throws<JournalUnreadableException>(() => Open().Read(run));
        Assert.StartsWith("two_tower.run_records, run one, record 0: a record with another checksum", error.Message, StringComparison.Ordinal);
        var listed = Assert.Single(new RunReader(Open()).List(new RunQuery(), CancellationToken.None).Runs);
        Assert.Equal(("one", RunStatus.Unknown, error.Message), (listed.RunId, listed.Status, listed.Error));
    }
}

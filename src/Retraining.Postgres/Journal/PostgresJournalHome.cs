using System.Data.Common;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;

namespace Retraining.Postgres.Journal;

/// <summary>Journals in PostgreSQL, under advisory locks: they fall with the connection of their process.</summary>
/// <param name="connectionString">Npgsql's.</param>
public sealed class PostgresJournalHome(string connectionString, TimeProvider time) : IJournalHome, IDisposable
{
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);
    private readonly JournalDatabase _database = new(connectionString, time);

    public string Location => _database.Location;

    public void Prepare() => _database.Prepare();

    public IReadOnlyList<RunKey> Keys() =>
        _database.Rows("select run_id, version from two_tower.runs order by version collate \"C\" desc", ReadKey);

    public RunKey? Find(string runId) =>
        _database.Rows("select run_id, version from two_tower.runs where run_id = $1", ReadKey, runId).FirstOrDefault();

    public RunKey Create(string runId, DateTimeOffset startedAt)
    {
        RunIdRule.Require(runId);
        var run = new RunKey(runId, VersionName.From(startedAt));
        _database.Execute("insert into two_tower.runs (run_id, version) values ($1, $2)", run.RunId, run.Version);
        return run;
    }

    public IReadOnlyList<RunPulse> Pulse(IReadOnlyList<RunKey> runs)
    {
        // Locks first, in a statement of their own: a run that ends in between is seen as ended.
        var attended = AttendedLocks();
        var ids = Ids(runs);
        return _database.Rows(
            """
            select coalesce((select max(sequence) + 1 from two_tower.run_records record where record.run_id = asked.run_id), 0),
              hashtext(asked.run_id)
            from unnest(string_to_array($1, ' ')) with ordinality as asked (run_id, place) order by asked.place
            """,
            row => new RunPulse(row.GetInt64(0), attended.Contains(row.GetInt32(1))), ids);
    }

    public IReadOnlyList<StoredSummary?> Summaries(IReadOnlyList<RunKey> runs)
    {
        var ids = Ids(runs);
        return _database.Rows(
            """
            select (select max(sequence) + 1 from two_tower.run_records record where record.run_id = asked.run_id), brief
            from unnest(string_to_array($1, ' ')) with ordinality as asked (run_id, place)
            left join two_tower.run_summaries using (run_id) order by asked.place
            """,
            row => row.IsDBNull(0) || row.IsDBNull(1) ? null : new StoredSummary(row.GetInt64(0), Encoding.UTF8.GetBytes(row.GetString(1))), ids);
    }

    public IReadOnlyList<byte[]?> SummaryBodies(IReadOnlyList<RunKey> runs)
    {
        var ids = Ids(runs);
        return _database.Rows(
            """
            select body
            from unnest(string_to_array($1, ' ')) with ordinality as asked (run_id, place)
            left join two_tower.run_summaries using (run_id) order by asked.place
            """,
            row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), ids);
    }

    public void KeepSummary(RunKey run, byte[] head, byte[] body) => _database.Execute(
        """
        insert into two_tower.run_summaries (run_id, brief, body) select run_id, $2, $3 from two_tower.runs where run_id = $1
        on conflict (run_id) do update set brief = excluded.brief, body = excluded.body
        """,
        run.RunId, Encoding.UTF8.GetString(head), body);

    public IReadOnlyList<JournalRecord> Read(RunKey run)
    {
        var records = _database.Rows(
            "select checksum, record from two_tower.run_records where run_id = $1 order by sequence",
            row => (Checksum: row.GetInt64(0), Text: row.GetString(1)), run.RunId);
        return [.. records.Select((stored, index) => Parse(run, index, stored.Checksum, stored.Text))];
    }

    public Task<IRunLease?> TryLeaseAsync(CancellationToken cancellationToken)
    {
        var session = _database.OpenSession();
        if (session.TryLock(JournalSession.EngineLock, ""))
            return Task.FromResult<IRunLease?>(session);
        session.Dispose();
        return Task.FromResult<IRunLease?>(null);
    }

    /// <summary>The run whose lock is on the connection that holds the lease.</summary>
    public string? LeasedRun() => _database.Rows(
        $"""
        select runs.run_id from two_tower.runs
        join ({HeldLocks("$1")}) held on held.name = hashtext(runs.run_id)
        join ({HeldLocks("$2")}) lease on lease.pid = held.pid
        order by version collate "C" desc limit 1
        """,
        row => row.GetString(0), (long)JournalSession.RunLock, (long)JournalSession.EngineLock).FirstOrDefault();

    public async Task<IRunJournal?> TryOpenAsync(RunKey run, IRunLease? lease, CancellationToken cancellationToken)
    {
        var session = lease as JournalSession ?? _database.OpenSession();
        // Waits out those who only add a record.
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            if (session.TryLock(JournalSession.RunLock, run.RunId))
                return new DatabaseRunJournal(run, session, lease is not null, Read(run), time);
            await Task.Delay(Pause, cancellationToken);
        }

        if (lease is null)
            session.Dispose();
        return null;
    }

    public Task<bool> TryRemoveAsync(RunKey run, CancellationToken cancellationToken)
    {
        using var session = _database.OpenSession();
        if (!session.TryLock(JournalSession.RunLock, run.RunId))
            return Task.FromResult(false);
        _database.Execute("delete from two_tower.runs where run_id = $1", run.RunId);
        return Task.FromResult(true);
    }

    public void Ask(RunKey run, ControlRequest request) => _database.Execute(
        "insert into two_tower.run_requests (run_id, request) values ($1, $2)", run.RunId, JsonSerializer.Serialize(request, RecordJson.Options));

    public IReadOnlyList<AskedRequest> Requests(RunKey run) => _database.Rows(
        "select id, request from two_tower.run_requests where run_id = $1 order by id",
        row => new AskedRequest(
            row.GetInt64(0).ToString(CultureInfo.InvariantCulture),
            JsonSerializer.Deserialize<ControlRequest>(row.GetString(1), RecordJson.Options)!),
        run.RunId);

    public void RemoveRequest(RunKey run, string requestId) => _database.Execute(
        "delete from two_tower.run_requests where run_id = $1 and id = $2", run.RunId, long.Parse(requestId, CultureInfo.InvariantCulture));

    public void WriteProgress(RunKey run, byte[] json) => _database.Execute(
        "insert into two_tower.run_progress (run_id, progress) values ($1, $2) on conflict (run_id) do update set progress = excluded.progress", run.RunId, json);

    public byte[] ReadProgress(RunKey run) =>
        _database.Rows("select progress from two_tower.run_progress where run_id = $1", row => row.GetFieldValue<byte[]>(0), run.RunId)
            .FirstOrDefault() ?? [];

    public void Dispose() => _database.Dispose();

    private HashSet<int> AttendedLocks() =>
        [.. _database.Rows($"select name from ({HeldLocks("$1")}) held", row => row.GetInt32(0), (long)JournalSession.RunLock)];

    /// <summary>Advisory locks of a class in this database: hash of the name, and who holds it.</summary>
    private static string HeldLocks(string lockClass) =>
        $"""
        select objid::bigint::bit(32)::int as name, pid from pg_locks
        where locktype = 'advisory' and objsubid = 2 and granted and classid::bigint = {lockClass}
          and database = (select oid from pg_database where datname = current_database())
        """;

    /// <summary>As one text, which ids allow: in a fresh process the driver takes longer over an array than the server over a thousand.</summary>
    private static string Ids(IEnumerable<RunKey> runs) => string.Join(' ', runs.Select(run => run.RunId));

    private static RunKey ReadKey(DbDataReader row) => new(row.GetString(0), row.GetString(1));

    private static JournalRecord Parse(RunKey run, int index, long checksum, string text)
    {
        var place = $"two_tower.run_records, run {run.RunId}, record {index}";
        if (RecordChecksum.Of(Encoding.UTF8.GetBytes(text)) != checksum)
            throw new JournalUnreadableException(place, "a record with another checksum");
        try
        {
            var record = JsonSerializer.Deserialize<JournalRecord>(text, RecordJson.Options);
            return record?.Sequence == index ? record : throw new JournalUnreadableException(place, $"record {record?.Sequence}");
        }
        catch (JsonException e)
        {
            throw new JournalUnreadableException(place, $"a record that is not JSON ({e.Message})");
        }
    }
}

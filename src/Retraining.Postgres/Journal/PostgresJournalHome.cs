using System.Data.Common;
using System.Text;
using System.Text.Json;
using Retraining.Execution;
using Retraining.Journal;

namespace Retraining.Postgres.Journal;

/// <summary>Journals in PostgreSQL, under advisory locks: they fall with the connection of their process.</summary>
/// <param name="connectionString">Npgsql's.</param>
public sealed class PostgresJournalHome(string connectionString, TimeProvider time) : IJournalHome, IDisposable
{
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

    public string? LeasedRun()
    {
        var runs = Keys();
        var pulses = Pulse(runs);
        return runs.Where((_, index) => pulses[index].Attended).FirstOrDefault()?.RunId;
    }

    public Task<IRunJournal?> TryOpenAsync(RunKey run, IRunLease? lease, CancellationToken cancellationToken)
    {
        var session = lease as JournalSession ?? _database.OpenSession();
        if (session.TryLock(JournalSession.RunLock, run.RunId))
            return Task.FromResult<IRunJournal?>(new DatabaseRunJournal(run, session, lease is not null, Read(run), time));
        if (lease is null)
            session.Dispose();
        return Task.FromResult<IRunJournal?>(null);
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

    public IReadOnlyList<ControlRequest> TakeRequests(RunKey run) =>
    [
        .. _database.Rows(
            "with taken as (delete from two_tower.run_requests where run_id = $1 returning id, request) select request from taken order by id",
            row => JsonSerializer.Deserialize<ControlRequest>(row.GetString(0), RecordJson.Options)!, run.RunId),
    ];

    public void WriteProgress(RunKey run, byte[] json) => _database.Execute(
        "insert into two_tower.run_progress (run_id, progress) values ($1, $2) on conflict (run_id) do update set progress = excluded.progress", run.RunId, json);

    public byte[] ReadProgress(RunKey run) =>
        _database.Rows("select progress from two_tower.run_progress where run_id = $1", row => row.GetFieldValue<byte[]>(0), run.RunId)
            .FirstOrDefault() ?? [];

    public void Dispose() => _database.Dispose();

    private HashSet<int> AttendedLocks() =>
    [
        .. _database.Rows(
            """
            select objid::bigint from pg_locks
            where locktype = 'advisory' and objsubid = 2 and granted and classid::bigint = $1
              and database = (select oid from pg_database where datname = current_database())
            """,
            row => unchecked((int)row.GetInt64(0)), (long)JournalSession.RunLock),
    ];

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

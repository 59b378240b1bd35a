using System.Text;
using System.Text.Json;
using Npgsql;
using Retraining.Execution;
using Retraining.Journal;

namespace Retraining.Postgres.Journal;

/// <summary>Journals in PostgreSQL, under advisory locks: they fall with the connection of their process.</summary>
public sealed class PostgresJournalHome : IJournalHome, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _unpooled;
    private readonly TimeProvider _time;
    private readonly Lazy<bool> _tables;

    /// <param name="connectionString">Npgsql's.</param>
    public PostgresJournalHome(string connectionString, TimeProvider time)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { KeepAlive = 10, ApplicationName = $"retrain {Environment.MachineName}:{Environment.ProcessId}" };
        _pool = NpgsqlDataSource.Create(settings);
        settings.Pooling = false;
        _unpooled = NpgsqlDataSource.Create(settings);
        _time = time;
        Location = $"PostgreSQL {settings.Host}:{settings.Port}/{settings.Database}";
        _tables = new Lazy<bool>(
            () =>
            {
                DatabaseMigrations.ApplyEngineTablesAsync(_pool, CancellationToken.None).GetAwaiter().GetResult();
                return true;
            },
            LazyThreadSafetyMode.PublicationOnly);
    }

    public string Location { get; }

    public void Prepare() => Ask(static _ => true);

    public IReadOnlyList<RunKey> Keys() => Rows("select run_id, version from two_tower.runs order by version collate \"C\" desc", Key);

    public RunKey? Find(string runId) => Rows("select run_id, version from two_tower.runs where run_id = $1", Key, runId).FirstOrDefault();

    public RunKey Create(string runId, DateTimeOffset startedAt)
    {
        RunIdRule.Require(runId);
        var run = new RunKey(runId, VersionName.From(startedAt));
        Execute("insert into two_tower.runs (run_id, version) values ($1, $2)", run.RunId, run.Version);
        return run;
    }

    public IReadOnlyList<RunPulse> Pulse(IReadOnlyList<RunKey> runs)
    {
        // Locks first, in a statement of their own: a run that ends in between is seen as ended.
        var attended = AttendedLocks();
        string[] ids = [.. runs.Select(run => run.RunId)];
        return Rows(
            """
            select coalesce((select max(sequence) + 1 from two_tower.run_records record where record.run_id = asked.run_id), 0),
              hashtext(asked.run_id)
            from unnest($1) with ordinality as asked (run_id, place) order by asked.place
            """,
            row => new RunPulse(row.GetInt64(0), attended.Contains(row.GetInt32(1))), (object)ids);
    }

    public IReadOnlyList<StoredSummary?> Summaries(IReadOnlyList<RunKey> runs)
    {
        string[] ids = [.. runs.Select(run => run.RunId)];
        return Rows(
            """
            select (select max(sequence) + 1 from two_tower.run_records record where record.run_id = asked.run_id), summary
            from unnest($1) with ordinality as asked (run_id, place) left join two_tower.run_summaries using (run_id) order by asked.place
            """,
            row => row.IsDBNull(0) || row.IsDBNull(1) ? null : new StoredSummary(row.GetInt64(0), row.GetFieldValue<byte[]>(1)), (object)ids);
    }

    public void KeepSummary(RunKey run, byte[] summary) => Execute(
        """
        insert into two_tower.run_summaries (run_id, summary) select run_id, $2 from two_tower.runs where run_id = $1
        on conflict (run_id) do update set summary = excluded.summary
        """,
        run.RunId, summary);

    public IReadOnlyList<JournalRecord> Read(RunKey run)
    {
        var records = Rows("select checksum, record from two_tower.run_records where run_id = $1 order by sequence", row => (Checksum: row.GetInt64(0), Text: row.GetString(1)), run.RunId);
        return [.. records.Select((stored, index) => Parse(run, index, stored.Checksum, stored.Text))];
    }

    public Task<IRunLease?> TryLeaseAsync(CancellationToken cancellationToken)
    {
        var session = Open();
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
        var session = lease as JournalSession ?? Open();
        if (session.TryLock(JournalSession.RunLock, run.RunId))
            return Task.FromResult<IRunJournal?>(new DatabaseRunJournal(run, session, lease is not null, Read(run), _time));
        if (lease is null)
            session.Dispose();
        return Task.FromResult<IRunJournal?>(null);
    }

    public Task<bool> TryRemoveAsync(RunKey run, CancellationToken cancellationToken)
    {
        using var session = Open();
        if (!session.TryLock(JournalSession.RunLock, run.RunId))
            return Task.FromResult(false);
        Execute("delete from two_tower.runs where run_id = $1", run.RunId);
        return Task.FromResult(true);
    }

    public void Ask(RunKey run, ControlRequest request) => Execute(
        "insert into two_tower.run_requests (run_id, request) values ($1, $2)", run.RunId, JsonSerializer.Serialize(request, RecordJson.Options));

    public IReadOnlyList<ControlRequest> TakeRequests(RunKey run) =>
    [
        .. Rows(
            "with taken as (delete from two_tower.run_requests where run_id = $1 returning id, request) select request from taken order by id",
            row => JsonSerializer.Deserialize<ControlRequest>(row.GetString(0), RecordJson.Options)!, run.RunId),
    ];

    public void WriteProgress(RunKey run, byte[] json) => Execute(
        "insert into two_tower.run_progress (run_id, progress) values ($1, $2) on conflict (run_id) do update set progress = excluded.progress", run.RunId, json);

    public byte[] ReadProgress(RunKey run) =>
        Rows("select progress from two_tower.run_progress where run_id = $1", row => row.GetFieldValue<byte[]>(0), run.RunId).FirstOrDefault() ?? [];

    public void Dispose()
    {
        _pool.Dispose();
        _unpooled.Dispose();
    }

    private HashSet<int> AttendedLocks() =>
    [
        .. Rows(
            """
            select objid::bigint from pg_locks
            where locktype = 'advisory' and objsubid = 2 and granted and classid::bigint = $1
              and database = (select oid from pg_database where datname = current_database())
            """,
            row => unchecked((int)row.GetInt64(0)), (long)JournalSession.RunLock),
    ];

    private JournalSession Open() => Ask(_ => new JournalSession(_unpooled, _time));

    private void Execute(string sql, params object[] values) => Rows<object>(sql, _ => "", values);

    private List<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values) => Ask(pool =>
    {
        using var command = pool.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
            rows.Add(read(reader));
        return rows;
    });

    /// <summary>Waits out a restart of the server. Faults come out as those of any other journal.</summary>
    private T Ask<T>(Func<NpgsqlDataSource, T> question)
    {
        for (var began = _time.GetTimestamp(); ;)
        {
            try
            {
                _ = _tables.Value;
                return question(_pool);
            }
            catch (NpgsqlException e) when (JournalSession.IsBreak(e) && _time.GetElapsedTime(began) < Patience)
            {
                Thread.Sleep(Pause);
            }
            catch (NpgsqlException e)
            {
                throw new IOException($"{Location}: {e.Message}", e);
            }
        }
    }

    private static RunKey Key(NpgsqlDataReader row) => new(row.GetString(0), row.GetString(1));

    private static JournalRecord Parse(RunKey run, int index, long checksum, string text)
    {
        var place = $"two_tower.run_records, run {run.RunId}, record {index}";
        if (RecordChecksum.Of(Encoding.UTF8.GetBytes(text)) != checksum)
            throw new JournalCorruptException(place, "a record with another checksum");
        try
        {
            var record = JsonSerializer.Deserialize<JournalRecord>(text, RecordJson.Options);
            return record?.Sequence == index ? record : throw new JournalCorruptException(place, $"record {record?.Sequence}");
        }
        catch (JsonException e)
        {
            throw new JournalCorruptException(place, $"a record that is not JSON ({e.Message})");
        }
    }
}

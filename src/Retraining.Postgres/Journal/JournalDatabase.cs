using Npgsql;

namespace Retraining.Postgres.Journal;

/// <summary>The database of the journals: makes its tables when it is first asked, and waits out a restart of the server.</summary>
internal sealed class JournalDatabase : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly NpgsqlDataSource _pool;
    private readonly NpgsqlDataSource _unpooled;
    private readonly TimeProvider _time;
    private readonly Lazy<bool> _tables;

    /// <param name="connectionString">Npgsql's.</param>
    public JournalDatabase(string connectionString, TimeProvider time)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            KeepAlive = 10,
            ApplicationName = $"retrain {Environment.MachineName}:{Environment.ProcessId}",
        };
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

    /// <summary>A connection of its own, which can hold locks.</summary>
    public JournalSession OpenSession() => Ask(_ => new JournalSession(_unpooled, _time));

    public void Execute(string sql, params object[] values) => Rows<object>(sql, _ => "", values);

    public List<T> Rows<T>(string sql, Func<NpgsqlDataReader, T> read, params object[] values) => Ask(pool =>
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

    public void Dispose()
    {
        _pool.Dispose();
        _unpooled.Dispose();
    }

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
}

using Npgsql;
using Retraining.Journal;

namespace Retraining.Postgres.Journal;

/// <summary>
/// A connection of its own with advisory locks on it. The server drops the locks when the connection ends, so that a process that died
/// holds nothing, and what is written over this connection is written by the holder.
/// </summary>
internal sealed class JournalSession(NpgsqlDataSource unpooled, TimeProvider time) : IRunLease
{
    /// <summary>Classes of advisory locks: the right to carry runs, and a run.</summary>
    public const int EngineLock = 0x2701_7E13, RunLock = 0x2701_7E14;

    private static readonly TimeSpan ReopenLimit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan ReopenPause = TimeSpan.FromMilliseconds(250);
    private readonly List<(int Class, string Name)> _locks = [];
    private NpgsqlConnection _connection = Open(unpooled);

    /// <summary>Held by those who write and those who renew, so that they do not use the connection at once.</summary>
    public Lock Gate { get; } = new();

    public bool TryLock(int lockClass, string name)
    {
        if (!TryLock(_connection, lockClass, name))
            return false;
        _locks.Add((lockClass, name));
        return true;
    }

    public void Unlock(int lockClass, string name)
    {
        if (!_locks.Remove((lockClass, name)))
            return;
        try
        {
            using var command = new NpgsqlCommand("select pg_advisory_unlock($1, hashtext($2))", _connection) { Parameters = { new() { Value = lockClass }, new() { Value = name } } };
            command.ExecuteNonQuery();
        }
        catch (NpgsqlException)
        {
            // The connection is gone, and the lock with it.
        }
    }

    /// <summary>A command over the connection that holds the locks.</summary>
    public NpgsqlCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlCommand(sql, _connection);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <summary>After the connection broke: connects again and takes the locks back.</summary>
    /// <returns>False when the server does not come back in time, or another process has a lock.</returns>
    public bool TryReopen()
    {
        var began = time.GetTimestamp();
        do
        {
            try
            {
                _connection.Dispose();
                _connection = Open(unpooled);
                if (_locks.All(held => TryLock(_connection, held.Class, held.Name)))
                    return true;
            }
            catch (NpgsqlException)
            {
                // Not back yet.
            }

            Thread.Sleep(ReopenPause);
        }
        while (time.GetElapsedTime(began) < ReopenLimit);
        return false;
    }

    /// <summary>The server or the network ended the connection; another one may work.</summary>
    public static bool IsBreak(NpgsqlException fault) => fault is not PostgresException
        || fault.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow;

    public void Dispose() => _connection.Dispose();

    /// <summary>
    /// What is committed is on the server's disk, whatever its default. And the server notices within half a minute that the machine at this
    /// end is gone, and drops its locks; left alone it takes two hours.
    /// </summary>
    private static NpgsqlConnection Open(NpgsqlDataSource unpooled)
    {
        var connection = unpooled.OpenConnection();
        try
        {
            using var command = new NpgsqlCommand(
                "set synchronous_commit = on; set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3",
                connection);
            command.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static bool TryLock(NpgsqlConnection connection, int lockClass, string name)
    {
        using var command = new NpgsqlCommand("select pg_try_advisory_lock($1, hashtext($2))", connection)
        {
            Parameters = { new() { Value = lockClass }, new() { Value = name } },
        };
        return (bool)command.ExecuteScalar()!;
    }
}

using System.Data;
using Npgsql;

namespace Retraining.Postgres.Source;

/// <summary>Connections that all see a database as it was at one moment, and cannot change it.</summary>
internal sealed class ReadSession : IAsyncDisposable
{
    private const string Settings = "set transaction read only; set local statement_timeout = 0; set local time zone 'UTC'";

    private readonly NpgsqlDataSource _database;
    private readonly List<NpgsqlConnection> _connections = [];

    private ReadSession(NpgsqlDataSource database) => _database = database;

    /// <summary>The first one, which the others' view hangs on.</summary>
    public NpgsqlConnection Main => _connections[0];

    public static async Task<ReadSession> OpenAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        var session = new ReadSession(database);
        try
        {
            await session.AddAsync(Settings, cancellationToken);
            return session;
        }
        catch
        {
            await session.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Opens more, up to what is wanted and what the pool allows. Where a pooler in between leads to a server that does
    /// not know the first one's view there are fewer, down to the first alone.
    /// </summary>
    public async Task<IReadOnlyList<NpgsqlConnection>> ShareAsync(int wanted, CancellationToken cancellationToken)
    {
        var most = Math.Min(wanted, new NpgsqlConnectionStringBuilder(_database.ConnectionString).MaxPoolSize);
        if (_connections.Count < most)
        {
            await using var export = new NpgsqlCommand("select pg_export_snapshot()", Main);
            var snapshot = (string)(await export.ExecuteScalarAsync(cancellationToken))!;
            try
            {
                while (_connections.Count < most)
                    await AddAsync($"set transaction snapshot '{snapshot}'; {Settings}", cancellationToken);
            }
            catch (PostgresException)
            {
                await RemoveLastAsync();
            }
        }

        return _connections;
    }

    public async ValueTask DisposeAsync()
    {
        while (_connections.Count > 0)
            await RemoveLastAsync();
    }

    private async Task AddAsync(string settings, CancellationToken cancellationToken)
    {
        var connection = _database.CreateConnection();
        _connections.Add(connection);
        await connection.OpenAsync(cancellationToken);
        await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        await using var command = new NpgsqlCommand(settings, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task RemoveLastAsync()
    {
        var last = _connections[^1];
        _connections.RemoveAt(_connections.Count - 1);
        try
        {
            await last.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // The server ended it meanwhile. What it read is here, or has failed with an error of its own, which this one must not hide.
        }
    }
}

using Npgsql;
using Retraining.Postgres;

namespace Retraining.Tests.Servers;

/// <summary>A fresh, empty database for one test class; dropped afterwards. Use it as a class fixture together with <see cref="PostgresFactAttribute"/>.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    private readonly string _name = "test_" + Guid.NewGuid().ToString("N");
    private NpgsqlDataSource? _database;

    public NpgsqlDataSource Database => _database ?? throw new InvalidOperationException("no PostgreSQL: mark the test [PostgresFact]");

    public string ConnectionString { get; private set; } = "";

    /// <summary>Runs statements, for setting a test up.</summary>
    public async Task ExecuteAsync(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>First column of the first row.</summary>
    public async Task<T> ScalarAsync<T>(string sql)
    {
        await using var command = Database.CreateCommand(sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    public async Task InitializeAsync()
    {
        if (LocalServer.Postgres.Reason is not null)
            return;

        await OnServerAsync($"create database {_name} template template0");
        var builder = new NpgsqlConnectionStringBuilder(PostgresDsn.ToConnectionString(LocalServer.Postgres.Address)) { Database = _name };
        ConnectionString = builder.ConnectionString;
        _database = NpgsqlDataSource.Create(ConnectionString);
    }

    public async Task DisposeAsync()
    {
        if (_database is null)
            return;

        await _database.DisposeAsync();
        await OnServerAsync($"drop database if exists {_name} with (force)");
    }

    private static async Task OnServerAsync(string sql)
    {
        await using var server = NpgsqlDataSource.Create(PostgresDsn.ToConnectionString(LocalServer.Postgres.Address));
        await using var command = server.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

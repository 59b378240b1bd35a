using Npgsql;
using Retraining.Execution;
using Retraining.Postgres;

namespace Retraining.Host.Composition;

/// <summary>The connection pool to <c>DATABASE_URL</c>, opened when somebody first asks for it.</summary>
public sealed class ServiceDatabase(HostSecrets secrets) : IAsyncDisposable
{
    private readonly Lazy<NpgsqlDataSource> _pool = new(() => NpgsqlDataSource.Create(ConnectionString(secrets)));

    /// <exception cref="PermanentStageException"><c>DATABASE_URL</c> is missing or cannot be read.</exception>
    public NpgsqlDataSource Pool => _pool.Value;

    public async ValueTask DisposeAsync()
    {
        if (_pool.IsValueCreated)
            await _pool.Value.DisposeAsync();
    }

    /// <summary>Npgsql's form of <c>DATABASE_URL</c>.</summary>
    /// <exception cref="PermanentStageException"><c>DATABASE_URL</c> is missing or cannot be read.</exception>
    internal static string ConnectionString(HostSecrets secrets)
    {
        if (secrets.DatabaseUrl is not { } dsn)
            throw new PermanentStageException($"{HostSecrets.DatabaseUrlVariable} is not set, expected postgresql://user:password@host:port/database");

        try
        {
            return PostgresDsn.ToConnectionString(dsn);
        }
        catch (FormatException e)
        {
            throw new PermanentStageException($"{HostSecrets.DatabaseUrlVariable}: {e.Message}", e);
        }
    }
}

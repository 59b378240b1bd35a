using System.Security.Cryptography;
using System.Text;
using Npgsql;
using Retraining.Execution;

namespace Retraining.Postgres;

/// <summary>
/// Applies the files of <c>infra/sql</c> in order of their number, in one transaction, under an advisory lock. Each file is idempotent; one
/// whose content changed is applied again. Numbers below 20 make the service's own tables
/// where they are missing, 20 to 39 need pgvector, 40 and up are the journals of runs.
/// </summary>
public static class DatabaseMigrations
{
    private const long LockKey = 0x2701_7E12;
    private const int FirstServingNumber = 20;
    private const int FirstEngineNumber = 40;

    /// <summary>Makes the service's own tables where they are missing.</summary>
    public static Task ApplyServiceTablesAsync(NpgsqlDataSource database, CancellationToken cancellationToken) =>
        ApplyAsync(database, name => NumberOf(name) < FirstServingNumber, cancellationToken);

    /// <summary>Makes what readers are served from, and the service's own tables where they are missing.</summary>
    public static Task ApplyServingTablesAsync(NpgsqlDataSource database, CancellationToken cancellationToken) =>
        ApplyAsync(database, name => NumberOf(name) < FirstEngineNumber, cancellationToken);

    /// <summary>Makes the tables of the journals; needs no pgvector.</summary>
    public static Task ApplyEngineTablesAsync(NpgsqlDataSource database, CancellationToken cancellationToken) =>
        ApplyAsync(database, name => NumberOf(name) >= FirstEngineNumber, cancellationToken);

    /// <summary>Applies every file.</summary>
    public static Task ApplyAsync(NpgsqlDataSource database, CancellationToken cancellationToken) =>
        ApplyAsync(database, _ => true, cancellationToken);

    /// <summary>Names of the files, in the order in which they are applied.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(DatabaseMigrations).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal),
    ];

    private static int NumberOf(string name) => int.Parse(name.AsSpan(0, name.IndexOf('_', StringComparison.Ordinal)));

    private static async Task ApplyAsync(NpgsqlDataSource database, Func<string, bool> wanted, CancellationToken cancellationToken)
    {
        var files = Names.Where(wanted).Select(name => (Name: name, Sql: Read(name))).ToList();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await MissingAsync(connection, files, cancellationToken) is [])
            return;

        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await ExecuteAsync(connection, $"select pg_advisory_xact_lock({LockKey})", cancellationToken);
        await ExecuteAsync(connection, """
            set local client_min_messages = warning;
            set local statement_timeout = 0;
            create schema if not exists two_tower;
            create table if not exists two_tower.migrations (name text primary key, sha256 text not null, applied_at timestamptz not null default now());
            """, cancellationToken);
        foreach (var (name, sql) in await MissingAsync(connection, files, cancellationToken))
            await ApplyFileAsync(connection, name, sql, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await connection.ReloadTypesAsync(cancellationToken);
    }

    private static async Task ApplyFileAsync(NpgsqlConnection connection, string name, string sql, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(connection, "set local search_path = public, extensions", cancellationToken);
            await ExecuteAsync(connection, sql, cancellationToken);
        }
        catch (PostgresException error) when (!error.IsTransient)
        {
            throw new PermanentStageException($"infra/sql/{name} in database {connection.Database}: {error.MessageText}", error);
        }

        await using var command = new NpgsqlCommand(
            "insert into two_tower.migrations (name, sha256) values ($1, $2) on conflict (name) do update set sha256 = excluded.sha256, applied_at = now()",
            connection)
        { Parameters = { new() { Value = name }, new() { Value = HashOf(sql) } } };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<List<(string Name, string Sql)>> MissingAsync(
        NpgsqlConnection connection, List<(string Name, string Sql)> files, CancellationToken cancellationToken)
    {
        await using var exists = new NpgsqlCommand("select to_regclass('two_tower.migrations') is not null", connection);
        if (!(bool)(await exists.ExecuteScalarAsync(cancellationToken))!)
            return files;

        var applied = new HashSet<(string, string)>();
        await using var command = new NpgsqlCommand("select name, sha256 from two_tower.migrations", connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            applied.Add((reader.GetString(0), reader.GetString(1)));
        return [.. files.Where(file => !applied.Contains((file.Name, HashOf(file.Sql))))];
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(DatabaseMigrations).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static string HashOf(string sql) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
}

using System.Data;
using System.Runtime.CompilerServices;
using Npgsql;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>The service's tables in PostgreSQL, read by binary COPY in one read-only repeatable-read snapshot.</summary>
/// <remarks>Both layouts of tags and performers; optional columns may be missing; ids of any type are read as text.</remarks>
public sealed class PostgresSource(NpgsqlDataSource database) : ISource
{
    private NpgsqlConnection? _connection;
    private ServiceTables? _tables;

    public string Location { get; } = PostgresFaults.LocationOf(database);

    public IAsyncEnumerable<SourceRow<Profile>> ReadProfilesAsync(CancellationToken cancellationToken) =>
        ReadAsync("public.profiles", tables => tables.Profiles(), PostgresRows.ProfileAsync, cancellationToken);

    public IAsyncEnumerable<SourceRow<Video>> ReadVideosAsync(CancellationToken cancellationToken) =>
        ReadAsync("public.videos", tables => tables.Videos(), PostgresRows.VideoAsync, cancellationToken);

    public IAsyncEnumerable<SourceRow<Decision>> ReadDecisionsAsync(CancellationToken cancellationToken) =>
        ReadAsync("public.user_video_decisions", tables => tables.Decisions(), PostgresRows.DecisionAsync, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
        _connection = null;
    }

    private async IAsyncEnumerable<SourceRow<T>> ReadAsync<T>(
        string table, Func<ServiceTables, string> query, ReadRow<T> read, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        await using var export = await BeginAsync(table, query, cancellationToken);
        for (long row = 1; await NextAsync(export, table, row, read, cancellationToken) is { } next; row++)
            yield return next;
    }

    private async Task<NpgsqlBinaryExporter> BeginAsync(string table, Func<ServiceTables, string> query, CancellationToken cancellationToken)
    {
        try
        {
            if (_connection is null)
            {
                _connection = await database.OpenConnectionAsync(cancellationToken);
                await _connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
                await using var settings = new NpgsqlCommand(
                    "set transaction read only; set local statement_timeout = 0; set local time zone 'UTC'", _connection);
                await settings.ExecuteNonQueryAsync(cancellationToken);
            }

            _tables ??= await ServiceTables.ReadAsync(_connection, cancellationToken);
            return await _connection.BeginBinaryExportAsync($"copy ({query(_tables)}) to stdout (format binary)", cancellationToken);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}");
        }
    }

    private async ValueTask<SourceRow<T>?> NextAsync<T>(
        NpgsqlBinaryExporter export, string table, long row, ReadRow<T> read, CancellationToken cancellationToken)
        where T : class
    {
        try
        {
            if (await export.StartRowAsync(cancellationToken) < 0)
                return null;
            var (value, fault) = await read(export, cancellationToken);
            return new SourceRow<T>(table, row, value, fault);
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, $"{Location}, {table}, row {row}");
        }
    }

    private delegate ValueTask<(T? Value, RowFault? Fault)> ReadRow<T>(NpgsqlBinaryExporter export, CancellationToken cancellationToken);
}

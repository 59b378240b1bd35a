using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>The one transaction that makes a version live, and the removal of generations that are no longer needed.</summary>
internal sealed class VersionSwitch(NpgsqlDataSource database, TimeProvider time)
{
    private const string LockNotAvailable = "55P03", DeadlockDetected = "40P01", NotLoaded = "TT001";

    // Shorter than PostgreSQL's deadlock timeout (1 s): the switch gives way, never a reader, and readers wait no longer than this.
    private const string LockTimeout = "300ms";
    private const int Attempts = 60;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(0.5);

    public async Task<Activation> RunAsync(VersionChange change, CancellationToken cancellationToken)
    {
        var changedAt = time.GetUtcNow();
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await TryAsync(change, changedAt, cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState is LockNotAvailable or DeadlockDetected && attempt < Attempts)
            {
                await Task.Delay(Pause, time, cancellationToken);
            }
            catch (PostgresException error) when (error.SqlState == NotLoaded)
            {
                throw new PermanentStageException(error.MessageText, error);
            }
        }
    }

    /// <summary>Drops generations that are neither live nor among the newest <paramref name="keep"/> retired ones.</summary>
    /// <returns>Versions that were dropped.</returns>
    public async Task<IReadOnlyList<string>> DropRetiredAsync(int keep, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select * from two_tower.drop_retired($1)", connection) { Parameters = { new() { Value = keep } } };
        var dropped = new List<string>();
        try
        {
            await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
            {
                while (await reader.ReadAsync(cancellationToken))
                    dropped.Add(reader.GetString(0));
            }

            await transaction.CommitAsync(cancellationToken);
            return dropped;
        }
        catch (PostgresException error) when (error.SqlState is LockNotAvailable or DeadlockDetected)
        {
            return []; // a long reader is still on one of them; the next switch drops it
        }
    }

    private async Task<Activation> TryAsync(VersionChange change, DateTimeOffset changedAt, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await BeginAsync(connection, cancellationToken);
        await using var command = new NpgsqlCommand("select two_tower.activate($1, $2, $3, $4, $5, $6)", connection)
        {
            Parameters =
            {
                new() { Value = change.Version },
                new() { Value = changedAt },
                new() { Value = change.By },
                new() { Value = (object?)change.Reason ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = change.ModelPath },
                new() { Value = JsonSerializer.Serialize(change.Metrics), NpgsqlDbType = NpgsqlDbType.Jsonb },
            },
        };
        var previous = await command.ExecuteScalarAsync(cancellationToken) as string;
        await transaction.CommitAsync(cancellationToken);
        return new Activation { Version = change.Version, PreviousVersion = previous, ActivatedAt = changedAt };
    }

    private static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"select set_config('lock_timeout', '{LockTimeout}', true)", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }
}

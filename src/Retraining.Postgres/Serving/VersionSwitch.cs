using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>The one transaction that makes a version live, and the removal of generations that are no longer needed.</summary>
internal sealed class VersionSwitch(NpgsqlDataSource database, ServingSettings settings, TimeProvider time)
{
    internal const string Refused = "TT"; // infra/sql's own states begin so
    private const string LockNotAvailable = "55P03", DeadlockDetected = "40P01";

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
            catch (PostgresException error) when (error.SqlState.StartsWith(Refused, StringComparison.Ordinal))
            {
                throw new PermanentStageException(error.MessageText, error);
            }
        }
    }

    /// <summary>Drops generations that are neither live nor among the newest <paramref name="keep"/> retired ones.</summary>
    /// <param name="dryRun">Rolls back instead.</param>
    /// <returns>Versions that were dropped.</returns>
    public async Task<IReadOnlyList<string>> DropRetiredAsync(int keep, bool dryRun, CancellationToken cancellationToken)
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

            await (dryRun ? transaction.RollbackAsync(cancellationToken) : transaction.CommitAsync(cancellationToken));
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
        var inPlace = settings.Mode == "in-place";
        if (inPlace)
            await PrepareInPlaceAsync(connection, cancellationToken);
        var call = inPlace ? $"two_tower.activate_in_place($1, $2, $3, $4, $5, $6, '{settings.Index}')" : "two_tower.activate($1, $2, $3, $4, $5, $6)";
        await using var command = new NpgsqlCommand($"select {call}", connection)
        {
            CommandTimeout = 0,
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
        await WriteImportanceAsync(connection, change, cancellationToken);
        if (inPlace)
            await RequireRecallAsync(connection, change.Version, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new Activation { Version = change.Version, PreviousVersion = previous, ActivatedAt = changedAt };
    }

    // As it is for the version, however often it goes live.
    private static async Task WriteImportanceAsync(NpgsqlConnection connection, VersionChange change, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            with version as (select id from public.embedding_model_versions where model_type = 'two_tower' and version = $1),
            gone as (delete from public.feature_importance where model_version_id = (select id from version))
            insert into public.feature_importance (model_version_id, feature_name, importance_score)
            select version.id, f.name, f.score from version cross join unnest($2::text[], $3::double precision[]) f(name, score)
            """, connection)
        {
            Parameters =
            {
                new() { Value = change.Version },
                new() { Value = change.FeatureImportance.Keys.ToArray() },
                new() { Value = change.FeatureImportance.Values.ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Writing every row through a live index takes minutes, longer than hosted databases let a statement run.
    private async Task PrepareInPlaceAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            $"select set_config('statement_timeout', '0', true), set_config('maintenance_work_mem', '{settings.MaintenanceMemoryMb}MB', true)", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // Here and not after the load: the index is the live one, and only now it holds the version.
    private async Task RequireRecallAsync(NpgsqlConnection connection, string version, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            select min(two_tower.ann_recall(t.version, t.kind, t.column_type, $2, $3)) from two_tower.generation_tables t where t.version = $1
            """, connection)
        {
            CommandTimeout = 0,
            Parameters = { new() { Value = version }, new() { Value = GenerationLoad.RecallSamples }, new() { Value = GenerationLoad.RecallDepth } },
        };
        var recall = (double)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (recall < settings.MinAnnRecall)
        {
            throw new PermanentStageException(
                $"version {version}: written in place, the index returns {recall:F3} of the exact top {GenerationLoad.RecallDepth}, expected at least "
                + $"{settings.MinAnnRecall:F3} (serving.min_ann_recall); rebuild it with `reindex index`, or use serving.mode generations");
        }
    }

    private static async Task<NpgsqlTransaction> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using var command = new NpgsqlCommand($"select set_config('lock_timeout', '{LockTimeout}', true)", connection);
        await command.ExecuteNonQueryAsync(cancellationToken);
        return transaction;
    }
}

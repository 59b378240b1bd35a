using Npgsql;
using Retraining.Execution;
using Retraining.Source;

namespace Retraining.Postgres.Source;

/// <summary>Makes the service's tables where they are missing and fills them from any source, in one transaction.</summary>
public sealed class PostgresLoader(NpgsqlDataSource database)
{
    // Hosted databases end statements after seconds; this transaction merges whole tables, and waits for its source meanwhile.
    private const string Limits = "set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0";

    /// <param name="source">Read whole; not disposed.</param>
    /// <param name="replace">Whether rows that the source does not have are removed; otherwise they stay.</param>
    /// <param name="quarantine">Gets the rows that are not loaded, each with the reason.</param>
    /// <param name="cancellationToken">Stops the load; nothing is changed then.</param>
    /// <exception cref="PermanentStageException">The tables are there in a layout that is not written, or a right is missing.</exception>
    public async Task<LoadedTables> LoadAsync(
        ISource source, bool replace, QuarantineWriter quarantine, CancellationToken cancellationToken)
    {
        try
        {
            await DatabaseMigrations.ApplyServiceTablesAsync(database, cancellationToken);
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await RunAsync(connection, Limits, cancellationToken);
            var tables = await ServiceTables.ReadAsync(connection, cancellationToken);
            RequireLayout(tables);
            await RunAsync(connection, ServiceSql.Staging, cancellationToken);

            var staged = new StagedRows(connection, quarantine);
            var read = new RowCounts(
                await staged.CopyAsync(source.ReadProfilesAsync(cancellationToken), cancellationToken),
                await staged.CopyAsync(source.ReadVideosAsync(cancellationToken), cancellationToken),
                await staged.CopyAsync(source.ReadDecisionsAsync(cancellationToken), cancellationToken));
            await RequireVectorsAsync(connection, tables, cancellationToken);
            await RunAsync(connection, ServiceSql.Prune(replace), cancellationToken);
            var vectors = ServiceSql.VectorColumns.Where(column => tables.Has("videos", column));
            var videos = await RunAsync(connection, ServiceSql.MergeVideos(vectors), cancellationToken);
            await RunAsync(connection, ServiceSql.MergeNames, cancellationToken);
            var profiles = await RunAsync(connection, ServiceSql.MergeProfiles, cancellationToken);
            var decisions = await RunAsync(connection, ServiceSql.MergeDecisions, cancellationToken);
            await new LeftOverRows(connection, staged, quarantine).FindAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return new LoadedTables(read, new RowCounts(profiles, videos, decisions));
        }
        catch (NpgsqlException error)
        {
            throw PostgresFaults.Explain(error, PostgresFaults.LocationOf(database));
        }
    }

    private static void RequireLayout(ServiceTables tables)
    {
        foreach (var (table, name) in new[] { ("video_tags", "tag_name"), ("video_performers", "performer_name") })
        {
            if (!tables.Has(table, "video_id", name))
                throw new PermanentStageException(
                    $"public.{table}: no columns (video_id, {name}), expected them: the other layout is read, not written");
        }
    }

    private static async Task RequireVectorsAsync(NpgsqlConnection connection, ServiceTables tables, CancellationToken cancellationToken)
    {
        foreach (var column in ServiceSql.VectorColumns.Where(column => !tables.Has("videos", column)))
        {
            await using var command = new NpgsqlCommand(ServiceSql.HasVectors(column), connection) { CommandTimeout = 0 };
            if (await command.ExecuteScalarAsync(cancellationToken) is true)
                throw new PermanentStageException($"public.videos: no column {column}, expected one, real[] or vector(n): videos of the source have it");
        }
    }

    /// <returns>Rows written.</returns>
    private static async Task<int> RunAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}

using Npgsql;
using Retraining.Execution;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>Loads, indexes and checks videos or users of one version beside the live ones; visible to a switch when all of it is done.</summary>
/// <param name="rowsPerConnection">Sets of twice as many rows and more are copied over several connections.</param>
internal sealed class GenerationLoad(
    NpgsqlDataSource database, ServingSettings settings, TimeProvider time, EmbeddingLoad load, int rowsPerConnection = GenerationLoad.RowsPerConnection)
{
    private const int RowsPerConnection = 50_000, MostConnections = 4;
    internal const int RecallSamples = 100, RecallDepth = 10;

    // SQLSTATE disk_full: what a parallel build says when the shared memory of its workers is too small.
    private const string SharedMemoryFull = "53100";

    // 0.8.2 to 0.8.4 repaired faults of parallel HNSW builds and of vacuum.
    private static readonly Version Advised = new(0, 8, 4);

    // In place, rows go through the live table's own index.
    private readonly string _index = settings.Mode == "in-place" ? "none" : settings.Index;
    private readonly string _kind = load.Kind == EmbeddingKind.Videos ? "videos" : "users";

    public async Task<LoadedEmbeddings> RunAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        if (await FindLoadedAsync(connection, cancellationToken) is { } already)
            return already;

        await RunAsync(connection, "select two_tower.prepare_generation($1)", [load.Version], cancellationToken);
        var connections = Math.Clamp(load.Rows / rowsPerConnection, 1, MostConnections);
        var rows = connections > 1 ? await CopyByRangesAsync(connections, cancellationToken) : 0;
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var workers = await WorkersAsync(connection, cancellationToken);
        await RunAsync(connection, $"""
            select set_config('statement_timeout', '0', true), set_config('maintenance_work_mem', '{MaintenanceMegabytes(settings, load.Rows, load.Dim)}MB', true),
              set_config('max_parallel_maintenance_workers', '{workers}', true)
            """, [], cancellationToken);

        if (connections == 1)
            rows = await CopyAsync(connection, cancellationToken);
        await IndexAsync(connection, transaction, cancellationToken);
        var recall = await CheckRecallAsync(connection, cancellationToken);
        await RecordAsync(connection, rows, recall, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new LoadedEmbeddings { Kind = _kind, Version = load.Version, Rows = rows, AnnRecall = recall };
    }

    private async Task<int> WorkersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, "select extversion from pg_extension where extname = 'vector'", []);
        var found = (string)(await command.ExecuteScalarAsync(cancellationToken))!;
        if (Version.TryParse(found, out var version) && version >= Advised)
            return settings.IndexWorkers;

        load.Progress.Report(new() { Message = $"pgvector {found}, better {Advised}: the index is built without parallel workers" });
        return 0;
    }

    private async Task<LoadedEmbeddings?> FindLoadedAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, """
            select row_count, ann_recall from two_tower.generation_tables
            where version = $1 and kind = $2 and content_hash = $3 and column_type = $4 and index_method = $5
            """, [load.Version, _kind, load.ContentHash, settings.ColumnType, _index]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new LoadedEmbeddings { Kind = _kind, Version = load.Version, Rows = reader.GetInt64(0), AnnRecall = reader.GetDouble(1) }
            : null;
    }

    private async Task<int> CopyAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        var copy = new EmbeddingCopy(await BeginLoadAsync(connection, cancellationToken), settings.ColumnType, load);
        return Complete(await copy.WriteAsync(connection, cancellationToken));
    }

    // The table is made and committed first, so that the others see it; no reader knows of it.
    private async Task<int> CopyByRangesAsync(int connections, CancellationToken cancellationToken)
    {
        string table;
        await using (var connection = await database.OpenConnectionAsync(cancellationToken))
        {
            await RunAsync(connection, "delete from two_tower.generation_tables where version = $1 and kind = $2", [load.Version, _kind], cancellationToken);
            table = await BeginLoadAsync(connection, cancellationToken);
        }

        return Complete(await new EmbeddingCopy(table, settings.ColumnType, load).WriteAsync(database, connections, cancellationToken));
    }

    private async Task<string> BeginLoadAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var begin = Command(
            connection, "select two_tower.begin_load($1, $2, $3, $4)", [load.Version, _kind, load.Dim, settings.ColumnType]);
        return (string)(await begin.ExecuteScalarAsync(cancellationToken))!;
    }

    private int Complete(int rows) => rows == load.Rows && rows > 0
        ? rows
        : throw new PermanentStageException($"{_kind} of version {load.Version}: {rows} rows read, expected {Math.Max(1, load.Rows)}");

    private async Task IndexAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancellationToken)
    {
        load.Progress.Report(new() { Message = $"building the indexes over {load.Rows} {_kind}" });
        const string Index = "select two_tower.index_load($1, $2, $3, $4)";
        object[] arguments = [load.Version, _kind, settings.ColumnType, _index];
        await transaction.SaveAsync("copied", cancellationToken);
        try
        {
            await RunAsync(connection, Index, arguments, cancellationToken);
        }
        catch (PostgresException error) when (error.SqlState == SharedMemoryFull)
        {
            await transaction.RollbackAsync("copied", cancellationToken);
            await RunAsync(connection, "select set_config('max_parallel_maintenance_workers', '0', true)", [], cancellationToken);
            await RunAsync(connection, Index, arguments, cancellationToken);
        }

        if (load.Kind == EmbeddingKind.Videos)
            await RunAsync(connection, "select two_tower.load_popularity($1, $2)", [load.Version, load.PositiveDecisions.ToArray()], cancellationToken);
    }

    private async Task<double> CheckRecallAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        if (_index == "none")
            return 1; // an exact search; the live index is held against it at the switch
        load.Progress.Report(new() { Message = "comparing the index with an exact search" });
        await using var command = Command(
            connection, "select two_tower.ann_recall($1, $2, $3, $4, $5)",
            [load.Version, _kind, settings.ColumnType, RecallSamples, RecallDepth]);
        var recall = (double)(await command.ExecuteScalarAsync(cancellationToken))!;
        return recall >= settings.MinAnnRecall
            ? recall
            : throw new PermanentStageException(
                $"{_kind} of version {load.Version}: the {settings.Index} index returns {recall:F3} of the exact top {RecallDepth}, "
                + $"expected at least {settings.MinAnnRecall:F3} (serving.min_ann_recall)");
    }

    private Task RecordAsync(NpgsqlConnection connection, int rows, double recall, CancellationToken cancellationToken) => RunAsync(connection, """
        insert into two_tower.generation_tables
          (version, kind, row_count, embedding_dim, column_type, content_hash, ann_recall, loaded_at, index_method, pseudonymised)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        on conflict (version, kind) do update set row_count = excluded.row_count, embedding_dim = excluded.embedding_dim,
          column_type = excluded.column_type, content_hash = excluded.content_hash, ann_recall = excluded.ann_recall, loaded_at = excluded.loaded_at,
          index_method = excluded.index_method, pseudonymised = excluded.pseudonymised
        """,
        [load.Version, _kind, (long)rows, load.Dim, settings.ColumnType, load.ContentHash, recall, time.GetUtcNow(), _index, load.PseudonymisedUsers],
        cancellationToken);

    /// <summary>What <c>maintenance_work_mem</c> an index over so many rows is built with, in MiB.</summary>
    /// <remarks>The HNSW graph: the vector and about 16 * 2 neighbours of 8 bytes a row, with a third to spare.</remarks>
    internal static long MaintenanceMegabytes(ServingSettings settings, int rows, int dim)
    {
        var bytesPerRow = VectorColumn.BytesOf(settings.ColumnType, dim) + 16 * 2 * 8 + 128;
        return Math.Clamp(rows * (long)bytesPerRow * 4 / 3 >> 20, 64, settings.MaintenanceMemoryMb);
    }

    private static async Task RunAsync(NpgsqlConnection connection, string sql, object[] arguments, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, arguments);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var argument in arguments)
            command.Parameters.Add(new() { Value = argument });
        return command;
    }
}

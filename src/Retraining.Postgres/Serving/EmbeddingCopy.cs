using Npgsql;
using NpgsqlTypes;
using Retraining.Execution;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>Streams the rows of a load into its table by binary COPY.</summary>
internal static class EmbeddingCopy
{
    private const int RowsPerReport = 20_000;

    /// <param name="table">As <c>two_tower.begin_load</c> returned it, quoted.</param>
    /// <returns>Rows written.</returns>
    /// <exception cref="PermanentStageException">A row has a wrong width, an id that is none or a component that is not finite.</exception>
    public static async Task<int> WriteAsync(
        NpgsqlConnection connection, string table, string columnType, EmbeddingLoad load, CancellationToken cancellationToken)
    {
        var idColumn = load.Kind == EmbeddingKind.Videos ? "video_id" : "user_id";
        await using var importer = await connection.BeginBinaryImportAsync(
            $"copy {table} ({idColumn}, embedding) from stdin (format binary)", cancellationToken);
        importer.Timeout = TimeSpan.FromHours(2); // one COPY is one wait, as long as the whole load

        var value = new byte[VectorColumn.BytesOf(columnType, load.Dim)];
        var rows = 0;
        await foreach (var row in load.ReadRows(cancellationToken).WithCancellation(cancellationToken))
        {
            var where = $"{load.Kind} of version {load.Version}, row {rows}, {idColumn} {row.Id}";
            if (row.Embedding.Length != load.Dim)
                throw new PermanentStageException($"{where}: {row.Embedding.Length} components, expected {load.Dim}");
            VectorColumn.Write(row.Embedding.Span, columnType, value, where);

            await importer.StartRowAsync(cancellationToken);
            await WriteIdAsync(importer, load.Kind, row.Id, where, cancellationToken);
            await importer.WriteAsync(value, NpgsqlDbType.Bytea, cancellationToken);
            if (++rows % RowsPerReport == 0)
                load.Progress.Report(new() { Message = $"{rows} of {load.Rows} rows", Fraction = (double)rows / load.Rows });
        }

        await importer.CompleteAsync(cancellationToken);
        return rows;
    }

    private static Task WriteIdAsync(NpgsqlBinaryImporter importer, EmbeddingKind kind, string id, string where, CancellationToken cancellationToken)
    {
        if (kind == EmbeddingKind.Users)
            return importer.WriteAsync(id, NpgsqlDbType.Text, cancellationToken);
        return Guid.TryParse(id, out var uuid)
            ? importer.WriteAsync(uuid, NpgsqlDbType.Uuid, cancellationToken)
            : throw new PermanentStageException($"{where}: not a UUID, expected one because public.video_embeddings has uuid keys");
    }
}

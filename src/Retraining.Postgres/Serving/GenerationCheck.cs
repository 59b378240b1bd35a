using Npgsql;
using Retraining.Serving;

namespace Retraining.Postgres.Serving;

/// <summary>Looks at what is loaded of a version, live or beside it.</summary>
internal sealed class GenerationCheck(NpgsqlDataSource database, string version)
{
    private const string Width = "select atttypmod from pg_attribute where attrelid = $1::regclass and attname = 'embedding'";

    /// <param name="videoIds">Videos whose stored embeddings are wanted.</param>
    /// <returns>Videos and users; empty when the version is not loaded.</returns>
    public async Task<IReadOnlyList<IndexedEmbeddings>> RunAsync(IEnumerable<string> videoIds, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // A hundred exact searches over every row take longer than hosted databases let a statement run.
        await using (var lift = Command(connection, "set local statement_timeout = 0", []))
            await lift.ExecuteNonQueryAsync(cancellationToken);
        var found = new List<IndexedEmbeddings>();
        foreach (var (kind, columnType) in await LoadedAsync(connection, cancellationToken))
        {
            var name = kind == EmbeddingKind.Videos ? "videos" : "users";
            var place = await ScalarAsync<string>(connection, "select two_tower.place_of($1, $2)", [version, name], cancellationToken);
            found.Add(new IndexedEmbeddings
            {
                Kind = kind,
                Dim = await ScalarAsync<int>(connection, Width, [place], cancellationToken),
                Rows = await ScalarAsync<long>(connection, $"select count(*) from {place}", [], cancellationToken),
                AnnRecall = await ScalarAsync<double>(
                    connection, "select two_tower.ann_recall($1, $2, $3, $4, $5)",
                    [version, name, columnType, GenerationLoad.RecallSamples, GenerationLoad.RecallDepth], cancellationToken),
                Embeddings = kind == EmbeddingKind.Videos ? await ReadAsync(connection, place, videoIds, cancellationToken) : [],
            });
        }

        return found;
    }

    private async Task<List<(EmbeddingKind Kind, string ColumnType)>> LoadedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, "select kind, column_type from two_tower.generation_tables where version = $1 order by kind desc", [version]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var loaded = new List<(EmbeddingKind, string)>();
        while (await reader.ReadAsync(cancellationToken))
            loaded.Add((reader.GetString(0) == "videos" ? EmbeddingKind.Videos : EmbeddingKind.Users, reader.GetString(1)));
        return loaded;
    }

    private static async Task<Dictionary<string, float[]>> ReadAsync(
        NpgsqlConnection connection, string place, IEnumerable<string> ids, CancellationToken cancellationToken)
    {
        await using var command = Command(
            connection, $"select video_id::text, embedding::vector::real[] from {place} where video_id = any ($1::text[]::uuid[])", [ids.ToArray()]);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var embeddings = new Dictionary<string, float[]>(StringComparer.Ordinal);
        while (await reader.ReadAsync(cancellationToken))
            embeddings.Add(reader.GetString(0), reader.GetFieldValue<float[]>(1));
        return embeddings;
    }

    private static async Task<T> ScalarAsync<T>(NpgsqlConnection connection, string sql, object[] arguments, CancellationToken cancellationToken)
    {
        await using var command = Command(connection, sql, arguments);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    // Without a limit on this side either.
    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] arguments)
    {
        var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        foreach (var argument in arguments)
            command.Parameters.Add(new() { Value = argument });
        return command;
    }
}

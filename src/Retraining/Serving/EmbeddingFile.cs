using System.Runtime.CompilerServices;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Export;
using TwoTower.Parquet;

namespace Retraining.Serving;

/// <summary>Streams <c>video_embeddings.parquet</c> or <c>user_embeddings.parquet</c>, a row group at a time.</summary>
public static class EmbeddingFile
{
    /// <exception cref="PermanentStageException">It is not such a file, or a vector has another width than <see cref="EmbeddingTable.Dim"/>.</exception>
    public static async IAsyncEnumerable<EmbeddingRow> ReadAsync(
        IArtifactStore store, EmbeddingTable table, EmbeddingKind kind, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await store.OpenReadAsync(table.File.Path, cancellationToken);
        var file = await OpenAsync(stream, table, cancellationToken);
        for (var group = 0; group < file.RowGroups; group++)
        {
            var (ids, embeddings) = await ReadGroupAsync(file, group, table, kind, cancellationToken);
            for (var row = 0; row < ids.Length; row++)
            {
                var start = embeddings.Offsets[row];
                var width = embeddings.Offsets[row + 1] - start;
                if (width != table.Dim)
                    throw new PermanentStageException($"{table.File.Path}, row group {group}, row {row}: {width} components, expected {table.Dim}");
                yield return new EmbeddingRow(ids[row], embeddings.Values.AsMemory(start, width));
            }
        }
    }

    private static async Task<ParquetReader> OpenAsync(Stream stream, EmbeddingTable table, CancellationToken cancellationToken)
    {
        try
        {
            return await ParquetReader.OpenAsync(stream, cancellationToken);
        }
        catch (InvalidDataException error)
        {
            throw new PermanentStageException($"{table.File.Path}: {error.Message}", error);
        }
    }

    private static async Task<(string[] Ids, ListColumn<float> Embeddings)> ReadGroupAsync(
        ParquetReader file, int group, EmbeddingTable table, EmbeddingKind kind, CancellationToken cancellationToken)
    {
        var column = kind == EmbeddingKind.Videos ? "video_id" : "user_id";
        try
        {
            var ids = await file.ReadColumnAsync<string>(group, column, cancellationToken);
            return (ids, await file.ReadListAsync<float>(group, "embedding", cancellationToken));
        }
        catch (InvalidDataException error)
        {
            throw new PermanentStageException($"{table.File.Path}, row group {group}: {error.Message}", error);
        }
    }
}

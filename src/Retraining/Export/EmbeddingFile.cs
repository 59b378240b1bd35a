using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Features;
using TwoTower.Model;
using TwoTower.Parquet;

namespace Retraining.Export;

/// <summary>Embeds a feature table into a Parquet file of id and unit vector, row group by row group.</summary>
internal static class EmbeddingFile
{
    /// <param name="idColumn"><c>video_id</c> or <c>user_id</c>.</param>
    /// <exception cref="PermanentStageException">The table does not fit the tower, or an embedding is not finite.</exception>
    public static async Task<EmbeddingTable> WriteAsync(
        IArtifactStore work, string path, string idColumn, FeatureTable table, Shard shard, Tower tower, IProgress<StageProgress> progress,
        CancellationToken cancellationToken)
    {
        if (table.Columns != tower.Shape.InputDim)
        {
            throw new PermanentStageException(
                $"{table.File.Path}: {table.Columns} columns, expected {tower.Shape.InputDim} as the tower of {idColumn} has inputs");
        }

        var schema = new ParquetSchema(ParquetField.Required(idColumn, ParquetType.String), ParquetField.List("embedding", ParquetType.Float));
        var (start, end) = shard.Of(table.Rows);
        var file = await work.WriteAsync(path, async (stream, token) =>
        {
            // Uncompressed: floats of unit vectors do not shrink, and every reader can read it.
            var writer = await ParquetWriter.CreateAsync(stream, schema, ParquetCompression.None, token);
            await foreach (var block in FeatureBlocks.ReadAsync(work, table, shard, token))
            {
                await writer.WriteRowGroupAsync([block.Ids, Embed(tower, block, path, token)], token);
                var done = block.Start + block.Ids.Length - start;
                progress.Report(new StageProgress { Message = $"{done} of {end - start} rows", Fraction = done / (double)(end - start) });
            }

            await writer.CompleteAsync(token);
        }, WriteOptions.Private, cancellationToken);
        return new EmbeddingTable { File = file, Rows = end - start, Dim = tower.Shape.EmbeddingDim };
    }

    private static ListColumn<float> Embed(Tower tower, FeatureBlock block, string path, CancellationToken cancellationToken)
    {
        var dim = tower.Shape.EmbeddingDim;
        var embeddings = tower.Embed(block.Rows, threads: 0, cancellationToken);
        var broken = Array.FindIndex(embeddings, value => !float.IsFinite(value));
        if (broken >= 0)
        {
            throw new PermanentStageException(
                $"{path}, row {block.Start + (broken / dim)}, {block.Ids[broken / dim]}: {embeddings[broken]}, expected finite values");
        }

        var offsets = new int[block.Ids.Length + 1];
        for (var row = 0; row < offsets.Length; row++)
            offsets[row] = row * dim;
        return new ListColumn<float>(offsets, embeddings);
    }
}

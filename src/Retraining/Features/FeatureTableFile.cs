using Retraining.Artifacts;
using Retraining.Execution;
using TwoTower.Model;
using TwoTower.Parquet;

namespace Retraining.Features;

/// <summary>Feature rows as Parquet: an id, <c>indices</c> (list of int32) and <c>values</c> (list of float32) for each.</summary>
public static class FeatureTableFile
{
    private const string Indices = "indices";
    private const string Values = "values";

    /// <param name="blocks">Ids and rows, as many of each; a block's rows may be reused for the next.</param>
    public static async Task<FeatureTable> WriteAsync(
        IArtifactStore store, string path, string idName, int columns, IEnumerable<(string[] Ids, SparseRows Rows)> blocks,
        CancellationToken cancellationToken)
    {
        var count = 0;
        var nonZeros = 0L;
        var file = await store.WriteAsync(path, WriteBlocksAsync, WriteOptions.Private, cancellationToken);
        return new FeatureTable { File = file, Rows = count, Columns = columns, NonZeros = nonZeros };

        async Task WriteBlocksAsync(Stream stream, CancellationToken token)
        {
            (count, nonZeros) = (0, 0);
            var writer = await ParquetWriter.CreateAsync(stream, Schema(idName), token);
            foreach (var (ids, rows) in blocks)
            {
                var offsets = rows.Offsets.ToArray();
                await writer.WriteRowGroupAsync(
                    [ids, new ListColumn<int>(offsets, rows.Indices.ToArray()), new ListColumn<float>(offsets, rows.Values.ToArray())], token);
                count += ids.Length;
                nonZeros += rows.NonZeros;
            }

            await writer.CompleteAsync(token);
        }
    }

    /// <summary>All rows of a table.</summary>
    /// <exception cref="PermanentStageException">The file is not a feature table, or has other counts than <paramref name="table"/> says.</exception>
    public static async Task<(string[] Ids, SparseRows Rows)> ReadAsync(IArtifactStore store, FeatureTable table, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await store.OpenReadAsync(table.File.Path, cancellationToken);
            var reader = await ParquetReader.OpenAsync(stream, cancellationToken);
            var ids = await reader.ReadColumnAsync<string>(reader.Fields[0].Name, cancellationToken);
            var rows = new SparseRows(table.Columns);
            for (var group = 0; group < reader.RowGroups; group++)
            {
                var indices = await reader.ReadListAsync<int>(group, Indices, cancellationToken);
                var values = await reader.ReadListAsync<float>(group, Values, cancellationToken);
                for (var row = 0; row < indices.Rows; row++)
                    rows.Add(indices[row], values[row]);
            }

            return rows.Rows == table.Rows
                ? (ids, rows)
                : throw new PermanentStageException($"{table.File.Path}: {rows.Rows} rows, expected {table.Rows}");
        }
        catch (Exception error) when (error is InvalidDataException or NotSupportedException or ArgumentException)
        {
            throw new PermanentStageException($"{table.File.Path}: {error.Message}", error);
        }
    }

    private static ParquetSchema Schema(string idName) => new(
        ParquetField.Required(idName, ParquetType.String),
        ParquetField.List(Indices, ParquetType.Int32),
        ParquetField.List(Values, ParquetType.Float));
}

using System.Runtime.CompilerServices;
using Retraining.Artifacts;
using Retraining.Execution;
using Retraining.Features;
using TwoTower.Model;
using TwoTower.Parquet;

namespace Retraining.Export;

/// <summary>Reads a feature table row group by row group.</summary>
internal static class FeatureBlocks
{
    /// <param name="shard">Which part; row groups begin where parts may.</param>
    /// <exception cref="PermanentStageException">The file is not what <see cref="FeatureTable"/> promises.</exception>
    public static async IAsyncEnumerable<FeatureBlock> ReadAsync(
        IArtifactStore work, FeatureTable table, Shard shard, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await work.OpenReadAsync(table.File.Path, cancellationToken);
        var parquet = await ReadAsync(table, () => ParquetReader.OpenAsync(stream, cancellationToken));
        if (parquet.Rows != table.Rows)
            throw new PermanentStageException($"{table.File.Path}: {parquet.Rows} rows, expected {table.Rows}");
        var (first, end) = shard.Of(table.Rows);
        var start = 0;
        for (var group = 0; group < parquet.RowGroups && start < end; start += (int)parquet.RowsOf(group++))
        {
            if (start >= first)
                yield return await ReadAsync(table, () => ReadBlockAsync(parquet, group, start, table.Columns, cancellationToken));
        }
    }

    private static async Task<FeatureBlock> ReadBlockAsync(
        ParquetReader parquet, int group, int start, int columns, CancellationToken cancellationToken)
    {
        var ids = await parquet.ReadColumnAsync<string>(group, parquet.Fields[0].Name, cancellationToken);
        var indices = await parquet.ReadListAsync<int>(group, "indices", cancellationToken);
        var values = await parquet.ReadListAsync<float>(group, "values", cancellationToken);
        var rows = new SparseRows(columns);
        for (var row = 0; row < ids.Length; row++)
            rows.Add(indices[row], values[row]);
        return new FeatureBlock(start, ids, rows);
    }

    private static async Task<T> ReadAsync<T>(FeatureTable table, Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (Exception error) when (error is InvalidDataException or ArgumentException)
        {
            throw new PermanentStageException($"{table.File.Path}: {error.Message}", error);
        }
    }
}

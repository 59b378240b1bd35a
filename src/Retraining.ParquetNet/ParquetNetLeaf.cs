using Parquet;
using Parquet.Schema;
using TwoTower.Parquet;
using FileReader = Parquet.ParquetReader;
using FileSchema = Parquet.Schema.ParquetSchema;

namespace Retraining.ParquetNet;

/// <summary>Reads leaves with Parquet.Net: compressed with ZSTD or LZ4_RAW, encoded DELTA_… or BYTE_STREAM_SPLIT.</summary>
internal static class ParquetNetLeaf
{
    private static readonly ParquetOptions Options = new();
    private static readonly int PlainIOError = new IOException().HResult;

    /// <inheritdoc cref="Source.ReadParquetLeaf"/>
    public static async Task<ParquetEntries> ReadAsync(Stream file, int rowGroup, ParquetLeaf leaf, CancellationToken cancellationToken)
    {
        var where = $"Parquet column {leaf.Path[0]}, row group {rowGroup}";
        try
        {
            file.Position = 0;
            await using var reader = await FileReader.CreateAsync(file, Options, leaveStreamOpen: true, cancellationToken);
            using var group = reader.OpenRowGroupReader(rowGroup);
            var column = new LeafColumn(group, FieldOf(reader, leaf), leaf, where);
            return await column.ReadAsync(cancellationToken);
        }
        catch (Exception e) when (e is NotImplementedException or NotSupportedException && e is not ParquetCodingException)
        {
            throw new ParquetCodingException($"{where}: Parquet.Net: {e.Message}");
        }
        catch (Exception e) when (IsOfTheFile(e) && !e.Message.StartsWith(where, StringComparison.Ordinal))
        {
            throw new InvalidDataException($"{where}: Parquet.Net: {e.Message}", e);
        }
    }

    /// <summary>Broken files end Parquet.Net in exceptions of any type; errors of the disk are those with a number of the system's.</summary>
    private static bool IsOfTheFile(Exception e) => e switch
    {
        ParquetCodingException or OperationCanceledException or OutOfMemoryException => false,
        EndOfStreamException => true,
        IOException => e.HResult == PlainIOError,
        _ => true,
    };

    /// <summary>Where the leaf lies, under the type that it lies as: what the values stand for is not Parquet.Net's to say.</summary>
    private static DataField FieldOf(FileReader reader, ParquetLeaf leaf)
    {
        if (leaf.Path.Count > 1)
            return reader.Schema.DataFields.Single(field => field.Path.ToList().SequenceEqual(leaf.Path));
        var type = leaf.Physical switch
        {
            PhysicalType.Boolean => typeof(bool),
            PhysicalType.Int32 => typeof(int),
            PhysicalType.Int64 => typeof(long),
            PhysicalType.Int96 => typeof(DateTime),
            PhysicalType.Float => typeof(float),
            PhysicalType.Double => typeof(double),
            _ => typeof(byte[]),
        };
        return new FileSchema(new DataField(leaf.Path[0], type, leaf.MaxDefinition > 0, leaf.MaxRepetition > 0)).DataFields[0];
    }
}

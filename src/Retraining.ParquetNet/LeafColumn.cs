using Parquet;
using Parquet.Meta;
using Parquet.Schema;
using TwoTower.Parquet;

namespace Retraining.ParquetNet;

/// <summary>One leaf of one row group.</summary>
internal sealed class LeafColumn(ParquetRowGroupReader group, DataField field, ParquetLeaf leaf, string where)
{
    /// <exception cref="InvalidDataException">Levels that the leaf does not have.</exception>
    /// <exception cref="ParquetCodingException">Something that Parquet.Net does not read, or reads wrong.</exception>
    public async Task<ParquetEntries> ReadAsync(CancellationToken cancellationToken)
    {
        var chunk = group.GetMetadata(field)?.MetaData ?? throw new InvalidDataException($"{where}: a column without metadata");
        // Of both Parquet.Net gives other values than were written: it takes the one for LZ4_RAW, and counts on a width in the other.
        if (chunk.Codec == CompressionCodec.LZ4)
            throw new ParquetCodingException($"{where}: compressed with LZ4 in Hadoop's framing, expected LZ4_RAW or another codec");
        if (leaf.Physical == PhysicalType.Boolean && !chunk.Encodings.Contains(Encoding.PLAIN))
            throw new ParquetCodingException($"{where}: values encoded {string.Join(", ", chunk.Encodings)}, expected PLAIN");

        var count = checked((int)chunk.NumValues);
        if (leaf.Physical == PhysicalType.Boolean)
            return await ReadAsync<bool>(count, cancellationToken);
        if (leaf.Physical == PhysicalType.Int32)
            return await ReadAsync<int>(count, cancellationToken);
        if (leaf.Physical == PhysicalType.Int64)
            return await ReadAsync<long>(count, cancellationToken);
        if (leaf.Physical == PhysicalType.Float)
            return await ReadAsync<float>(count, cancellationToken);
        if (leaf.Physical == PhysicalType.Double)
            return await ReadAsync<double>(count, cancellationToken);
        if (leaf.Physical == PhysicalType.Int96)
            return await ReadAsync<DateTime>(count, cancellationToken);
        return field.ClrType == typeof(ReadOnlyMemory<char>)
            ? await ReadAsync<ReadOnlyMemory<char>>(count, cancellationToken)
            : await ReadAsync<ReadOnlyMemory<byte>>(count, cancellationToken);
    }

    private async Task<ParquetEntries<T>> ReadAsync<T>(int count, CancellationToken cancellationToken)
        where T : struct
    {
        var values = new T[count];
        var definition = leaf.MaxDefinition > 0 ? new int[count] : null;
        var repetition = leaf.MaxRepetition > 0 ? new int[count] : null;
        await group.ReadRawAsync(field, values.AsMemory(), Memory(definition), Memory(repetition), cancellationToken);
        Check(definition, leaf.MaxDefinition);
        Check(repetition, leaf.MaxRepetition);
        Array.Resize(ref values, definition?.AsSpan().Count(leaf.MaxDefinition) ?? count);
        return new ParquetEntries<T>(values, definition, repetition);
    }

    private void Check(int[]? levels, int max)
    {
        if (levels.AsSpan().IndexOfAnyExceptInRange(0, max) is >= 0 and var at)
            throw new InvalidDataException($"{where}: level {levels![at]}, expected 0 to {max}");
    }

    // A null array would become an empty memory, which is not the same here.
    private static Memory<int>? Memory(int[]? levels) => levels is null ? default(Memory<int>?) : levels.AsMemory();
}

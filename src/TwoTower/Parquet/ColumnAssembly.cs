namespace TwoTower.Parquet;

/// <summary>Puts levels and values of a chunk together to rows.</summary>
internal static class ColumnAssembly
{
    public static string?[] Texts(ColumnLayout layout, ColumnChunk chunk, ReadOnlySpan<byte> pages, long rows, string where)
    {
        var decoder = Decode<string>(layout.Leaf, chunk, pages, where);
        RequireRows(layout.Leaf.MaxDefinition > 0 ? decoder.Definition.Length : decoder.Values.Length, rows, where);
        if (layout.Leaf.MaxDefinition == 0)
            return decoder.Values.ToArray();
        var column = new string?[rows];
        for (int row = 0, next = 0; row < column.Length; row++)
            column[row] = decoder.Definition[row] == layout.Leaf.MaxDefinition ? decoder.Values[next++] : null;
        return column;
    }

    /// <returns><c>T[]</c>, or <c>T?[]</c> when <typeparamref name="TAsked"/> is nullable.</returns>
    public static object Flat<T, TAsked>(ColumnLayout layout, ColumnChunk chunk, ReadOnlySpan<byte> pages, long rows, string where)
        where T : struct
    {
        var decoder = Decode<T>(layout.Leaf, chunk, pages, where);
        RequireRows(layout.Leaf.MaxDefinition > 0 ? decoder.Definition.Length : decoder.Values.Length, rows, where);
        if (typeof(TAsked) == typeof(T))
        {
            if (decoder.Values.Length < rows)
                throw new InvalidDataException($"{where}: {rows - decoder.Values.Length} nulls, expected none when {typeof(T).Name} is asked for");
            return ToMilliseconds(layout.Leaf, decoder.Values.ToArray());
        }

        var values = ToMilliseconds(layout.Leaf, decoder.Values.ToArray());
        var column = new T?[rows];
        for (int row = 0, next = 0; row < column.Length; row++)
            column[row] = layout.Leaf.MaxDefinition == 0 || decoder.Definition[row] == layout.Leaf.MaxDefinition ? values[next++] : null;
        return column;
    }

    public static ListColumn<T> Lists<T>(ColumnLayout layout, ColumnChunk chunk, ReadOnlySpan<byte> pages, long rows, string where)
    {
        var decoder = Decode<T>(layout.Leaf, chunk, pages, where);
        var offsets = new List<int>();
        var elements = 0;
        for (var entry = 0; entry < decoder.Repetition.Length; entry++)
        {
            if (decoder.Repetition[entry] == 0)
                offsets.Add(elements);
            else if (entry == 0)
                throw new InvalidDataException($"{where}: the first list begins before the row group");
            if (decoder.Definition[entry] == layout.Leaf.MaxDefinition)
                elements++;
            else if (decoder.Definition[entry] >= layout.ElementDefinition)
                throw new InvalidDataException($"{where}, row {offsets.Count - 1}: a null element, expected none");
        }

        RequireRows(offsets.Count, rows, where);
        offsets.Add(elements);
        return new ListColumn<T>([.. offsets], ToMilliseconds(layout.Leaf, decoder.Values.ToArray()));
    }

    /// <summary>Values and levels as they lie, not put together.</summary>
    public static ParquetEntries Entries(ParquetLeaf leaf, ColumnChunk chunk, ReadOnlySpan<byte> pages, string where) =>
        leaf.Physical switch
        {
            PhysicalType.Boolean => Entries<bool>(leaf, chunk, pages, where),
            PhysicalType.Int32 => Entries<int>(leaf, chunk, pages, where),
            PhysicalType.Int64 => Entries<long>(leaf, chunk, pages, where),
            PhysicalType.Float => Entries<float>(leaf, chunk, pages, where),
            PhysicalType.Double => Entries<double>(leaf, chunk, pages, where),
            _ => Entries<ReadOnlyMemory<byte>>(leaf, chunk, pages, where),
        };

    private static ParquetEntries<T> Entries<T>(ParquetLeaf leaf, ColumnChunk chunk, ReadOnlySpan<byte> pages, string where)
    {
        var decoder = Decode<T>(leaf, chunk, pages, where);
        return new ParquetEntries<T>(
            decoder.Values.ToArray(),
            leaf.MaxDefinition > 0 ? decoder.Definition.ToArray() : null,
            leaf.MaxRepetition > 0 ? decoder.Repetition.ToArray() : null);
    }

    private static ChunkDecoder<T> Decode<T>(ParquetLeaf leaf, ColumnChunk chunk, ReadOnlySpan<byte> pages, string where)
    {
        var decoder = new ChunkDecoder<T>(leaf, chunk, where);
        decoder.Decode(pages);
        return decoder;
    }

    private static void RequireRows(int found, long expected, string where)
    {
        if (found != expected)
            throw new InvalidDataException($"{where}: {found} rows, expected {expected}");
    }

    private static T[] ToMilliseconds<T>(ParquetLeaf leaf, T[] values)
    {
        if (leaf.TimestampDigits == 0 || values is not long[] times)
            return values;
        var divisor = leaf.TimestampDigits == 3 ? 1000 : 1_000_000;
        for (var i = 0; i < times.Length; i++)
            times[i] = (long)Math.Floor(times[i] / (decimal)divisor);
        return values;
    }
}

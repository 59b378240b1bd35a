using System.Buffers.Binary;

namespace TwoTower.Parquet;

/// <summary>Reads Parquet by column and row group. Not thread-safe: the stream has one position.</summary>
/// <remarks>Encodings PLAIN and dictionary, data pages 1 and 2, uncompressed, Snappy, gzip and Brotli; anything else is refused by name.
/// Every size is checked against the file before it is believed.</remarks>
public sealed class ParquetReader
{
    private readonly Stream _stream;
    private readonly FileMetadata _file;
    private readonly Dictionary<string, ColumnLayout> _layouts;

    private ParquetReader(Stream stream, FileMetadata file)
    {
        (_stream, _file) = (stream, file);
        Columns = SchemaNodes.Build(file.Schema);
        _layouts = new Dictionary<string, ColumnLayout>(StringComparer.Ordinal);
        foreach (var column in Columns)
        {
            if (!_layouts.TryAdd(column.Name, ColumnLayout.Of(column)))
                throw new InvalidDataException($"Parquet footer: column {column.Name} occurs twice, expected once");
        }

        Fields = [.. Columns.Select(column => _layouts[column.Name].Field).OfType<ParquetField>()];
    }

    /// <summary>Every column, nested ones too, in file order. Their leaves are read by <see cref="ReadEntriesAsync"/>.</summary>
    public IReadOnlyList<ParquetNode> Columns { get; }

    /// <summary>Columns that can be read by their type, in file order. Others may be there and are refused when asked for.</summary>
    public IReadOnlyList<ParquetField> Fields { get; }

    public long Rows => _file.Rows;

    public int RowGroups => _file.RowGroups.Count;

    /// <param name="stream">Seekable; not closed.</param>
    /// <exception cref="InvalidDataException">It is no Parquet file, or it is broken.</exception>
    public static async Task<ParquetReader> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        if (stream.Length < 12)
            throw new InvalidDataException($"Parquet: {stream.Length} bytes, expected at least 12");
        var tail = new byte[8];
        stream.Position = stream.Length - tail.Length;
        await stream.ReadExactlyAsync(tail, cancellationToken);
        var length = BinaryPrimitives.ReadInt32LittleEndian(tail);
        if (tail.AsSpan(4).SequenceEqual("PARE"u8))
            throw new NotSupportedException("Parquet: the file is encrypted (PARE), expected PAR1");
        if (!tail.AsSpan(4).SequenceEqual("PAR1"u8))
            throw new InvalidDataException($"Parquet: the file ends in {Convert.ToHexString(tail.AsSpan(4))}, expected 50415231 (PAR1)");
        if (length < 0 || length > stream.Length - 12)
            throw new InvalidDataException($"Parquet: a footer of {length} bytes, expected at most {stream.Length - 12}");
        var footer = new byte[length];
        stream.Position = stream.Length - tail.Length - length;
        await stream.ReadExactlyAsync(footer, cancellationToken);
        var file = new FooterParser(footer).Parse();
        var rows = file.RowGroups.Sum(group => (decimal)group.Rows);
        if (rows != file.Rows || file.RowGroups.Any(group => group.Rows < 0))
            throw new InvalidDataException($"Parquet footer: {file.Rows} rows, expected the {rows} of its row groups");
        return new ParquetReader(stream, file);
    }

    public long RowsOf(int rowGroup) => _file.RowGroups[rowGroup].Rows;

    /// <summary>One column over all row groups.</summary>
    /// <inheritdoc cref="ReadColumnAsync{T}(int, string, CancellationToken)"/>
    public async Task<T[]> ReadColumnAsync<T>(string name, CancellationToken cancellationToken)
    {
        Column(name);
        var groups = new T[RowGroups][];
        for (var group = 0; group < groups.Length; group++)
            groups[group] = await ReadColumnAsync<T>(group, name, cancellationToken);
        if (groups.Length == 1)
            return groups[0];
        var column = new T[groups.Sum(values => (long)values.Length)];
        for (int group = 0, start = 0; group < groups.Length; start += groups[group++].Length)
            groups[group].CopyTo(column, start);
        return column;
    }

    /// <summary>One flat column of one row group.</summary>
    /// <typeparam name="T">bool, int, long (also timestamps, unix milliseconds), float, double or string, as the column has it;
    /// nullable for a column with nulls.</typeparam>
    /// <exception cref="InvalidDataException">There is no such column, it has another type, or the file is broken.</exception>
    /// <exception cref="NotSupportedException">The column is encoded or compressed in a way that is not read.</exception>
    public async Task<T[]> ReadColumnAsync<T>(int rowGroup, string name, CancellationToken cancellationToken)
    {
        var layout = Column(name);
        var type = Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T);
        Require(layout, type, list: false);
        var (pages, chunk, where) = await ReadChunkAsync(rowGroup, layout.Leaf, cancellationToken);
        var rows = _file.RowGroups[rowGroup].Rows;
        object column = type == typeof(string) ? ColumnAssembly.Texts(layout, chunk, pages, rows, where)
            : type == typeof(bool) ? ColumnAssembly.Flat<bool, T>(layout, chunk, pages, rows, where)
            : type == typeof(int) ? ColumnAssembly.Flat<int, T>(layout, chunk, pages, rows, where)
            : type == typeof(long) ? ColumnAssembly.Flat<long, T>(layout, chunk, pages, rows, where)
            : type == typeof(float) ? ColumnAssembly.Flat<float, T>(layout, chunk, pages, rows, where)
            : ColumnAssembly.Flat<double, T>(layout, chunk, pages, rows, where);
        return (T[])column;
    }

    /// <summary>One column of lists of one row group. A null list reads as an empty one.</summary>
    /// <typeparam name="T">bool, int, long, float, double or string, as the elements have it.</typeparam>
    /// <inheritdoc cref="ReadColumnAsync{T}(int, string, CancellationToken)" path="/exception"/>
    public async Task<ListColumn<T>> ReadListAsync<T>(int rowGroup, string name, CancellationToken cancellationToken)
    {
        var layout = Column(name);
        Require(layout, typeof(T), list: true);
        var (pages, chunk, where) = await ReadChunkAsync(rowGroup, layout.Leaf, cancellationToken);
        return ColumnAssembly.Lists<T>(layout, chunk, pages, _file.RowGroups[rowGroup].Rows, where);
    }

    /// <summary>One leaf of one row group as it lies, with the levels that say where in lists and structs its values belong.</summary>
    /// <exception cref="InvalidDataException">The file is broken.</exception>
    /// <exception cref="ParquetCodingException">The leaf is encoded or compressed in a way that is not read.</exception>
    /// <exception cref="NotSupportedException">It is encrypted.</exception>
    public async Task<ParquetEntries> ReadEntriesAsync(int rowGroup, ParquetLeaf leaf, CancellationToken cancellationToken)
    {
        var (pages, chunk, where) = await ReadChunkAsync(rowGroup, leaf, cancellationToken);
        return ColumnAssembly.Entries(leaf, chunk, pages, where);
    }

    /// <summary>One column of one row group as it lies in the file.</summary>
    internal async Task<(byte[] Pages, ColumnChunk Chunk)> ReadChunkAsync(int rowGroup, string name, CancellationToken cancellationToken)
    {
        var (pages, chunk, _) = await ReadChunkAsync(rowGroup, Column(name).Leaf, cancellationToken);
        return (pages, chunk);
    }

    private ColumnLayout Column(string name) => _layouts.TryGetValue(name, out var layout) ? layout
        : throw new InvalidDataException($"Parquet: no column {name}, found {string.Join(", ", _layouts.Keys)}");

    private static void Require(ColumnLayout layout, Type type, bool list)
    {
        if (layout.Field is not { } field)
            throw new NotSupportedException($"Parquet column {layout.Name}: {layout.Unsupported}, expected a {nameof(ParquetType)} or a list of one");
        if (field.ClrType != type || field.IsList != list)
            throw new InvalidDataException($"Parquet column {field.Name}: {field}, expected {(list ? "a list of " : "")}{type.Name}");
    }

    private async Task<(byte[] Pages, ColumnChunk Chunk, string Where)> ReadChunkAsync(
        int rowGroup, ParquetLeaf leaf, CancellationToken cancellationToken)
    {
        var group = _file.RowGroups[rowGroup];
        var where = $"Parquet column {leaf.Path[0]}, row group {rowGroup}";
        if (leaf.Index >= group.Columns.Count)
            throw new InvalidDataException($"{where}: {group.Columns.Count} columns, expected {leaf.Index + 1} or more by the schema");
        var chunk = group.Columns[leaf.Index];
        if (chunk.IsEncrypted)
            throw new NotSupportedException($"{where}: encrypted, expected values in the clear");
        if (chunk.Start < 4 || chunk.CompressedBytes < 0 || chunk.CompressedBytes > Array.MaxLength
            || chunk.Start > _stream.Length - chunk.CompressedBytes)
        {
            throw new InvalidDataException(
                $"{where}: {chunk.CompressedBytes} bytes from {chunk.Start}, expected to lie within the {_stream.Length} bytes of the file");
        }

        if (chunk.Type != leaf.Physical)
            throw new InvalidDataException($"{where}: values of {chunk.Type}, expected {leaf.Physical} by the schema");
        var pages = new byte[chunk.CompressedBytes];
        _stream.Position = chunk.Start;
        await _stream.ReadExactlyAsync(pages, cancellationToken);
        return (pages, chunk, where);
    }
}

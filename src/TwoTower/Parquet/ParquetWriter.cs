using System.Buffers;

namespace TwoTower.Parquet;

/// <summary>Writes Parquet by row group; holds one page at a time. The same columns and groups give the same bytes.</summary>
/// <example><code>
/// var writer = await ParquetWriter.CreateAsync(stream, new ParquetSchema(ParquetField.Required("video_id", ParquetType.String)), ct);
/// await writer.WriteRowGroupAsync([ids], ct);
/// await writer.CompleteAsync(ct);
/// </code></example>
public sealed class ParquetWriter
{
    /// <summary>Page bodies end with the row that brings them here.</summary>
    private const int PageRows = 8192;

    private static readonly byte[] Magic = "PAR1"u8.ToArray();

    private readonly Stream _stream;
    private readonly ParquetSchema _schema;
    private readonly ParquetCompression _compression;
    private readonly List<RowGroup> _groups = [];
    private readonly ArrayBufferWriter<byte> _page = new(1 << 16);
    private readonly ArrayBufferWriter<byte> _compressed = new();
    private readonly ArrayBufferWriter<byte> _header = new(64);
    private long _position;
    private bool _completed;

    private ParquetWriter(Stream stream, ParquetSchema schema, ParquetCompression compression) =>
        (_stream, _schema, _compression) = (stream, schema, compression);

    /// <param name="stream">Written from its position on; need not seek, is not closed.</param>
    public static Task<ParquetWriter> CreateAsync(Stream stream, ParquetSchema schema, CancellationToken cancellationToken) =>
        CreateAsync(stream, schema, ParquetCompression.Gzip, cancellationToken);

    /// <inheritdoc cref="CreateAsync(Stream, ParquetSchema, CancellationToken)"/>
    public static async Task<ParquetWriter> CreateAsync(
        Stream stream, ParquetSchema schema, ParquetCompression compression, CancellationToken cancellationToken)
    {
        var writer = new ParquetWriter(stream, schema, compression);
        await writer.AppendAsync(Magic, cancellationToken);
        return writer;
    }

    /// <summary>Appends a row group; one of no rows is left out.</summary>
    /// <param name="columns">As the schema has them, all with the same number of rows: <c>T[]</c>, for an optional column also <c>T?[]</c>,
    /// for a required one also <see cref="DictionaryColumn{T}"/> and <see cref="ComputedColumn{T}"/>, for a list <see cref="ListColumn{T}"/> or <c>T[][]</c>,
    /// for texts also <see cref="PlainTexts"/> and <see cref="PlainTextLists"/>; T by <see cref="ParquetType"/>.</param>
    /// <exception cref="ArgumentException">A column is not what the schema says, or the numbers of rows differ.</exception>
    public async Task WriteRowGroupAsync(IReadOnlyList<object> columns, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (columns.Count != _schema.Fields.Count)
            throw new ArgumentException($"{columns.Count} columns, expected {_schema.Fields.Count} by the schema");
        var sources = columns.Select((data, i) => PageSource.From(_schema.Fields[i], data)).ToArray();
        var rows = sources[0].Rows;
        for (var i = 1; i < sources.Length; i++)
        {
            if (sources[i].Rows != rows)
            {
                throw new ArgumentException(
                    $"column {_schema.Fields[i].Name}: {sources[i].Rows} rows, expected {rows} as in {_schema.Fields[0].Name}");
            }
        }

        if (rows == 0)
            return;
        var chunks = new ColumnChunk[sources.Length];
        for (var i = 0; i < sources.Length; i++)
            chunks[i] = await WriteChunkAsync(_schema.Fields[i], sources[i], cancellationToken);
        _groups.Add(new RowGroup(rows, chunks));
    }

    /// <summary>Appends the row groups of another file of the same columns as they are: nothing is decoded.</summary>
    /// <exception cref="ArgumentException">It has other columns.</exception>
    /// <exception cref="InvalidDataException">It is broken.</exception>
    public async Task AppendAsync(ParquetReader part, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        if (!part.Fields.SequenceEqual(_schema.Fields))
            throw new ArgumentException($"columns {string.Join(", ", part.Fields)}, expected {string.Join(", ", _schema.Fields)}");
        for (var group = 0; group < part.RowGroups; group++)
        {
            var chunks = new ColumnChunk[_schema.Fields.Count];
            for (var column = 0; column < chunks.Length; column++)
            {
                var (pages, chunk) = await part.ReadChunkAsync(group, _schema.Fields[column].Name, cancellationToken);
                chunks[column] = chunk.At(_position);
                await AppendAsync(pages, cancellationToken);
            }

            _groups.Add(new RowGroup(part.RowsOf(group), chunks));
        }
    }

    /// <summary>Writes the footer. Without it there is no Parquet file.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_completed, this);
        _completed = true;
        _header.ResetWrittenCount();
        new FileMetadata(SchemaTree.ToElements(_schema), _groups.Sum(group => group.Rows), _groups).Write(new CompactWriter(_header));
        var length = BitConverter.GetBytes(_header.WrittenCount);
        await AppendAsync(_header.WrittenMemory, cancellationToken);
        await AppendAsync(length, cancellationToken);
        await AppendAsync(Magic, cancellationToken);
        await _stream.FlushAsync(cancellationToken);
    }

    private async Task<ColumnChunk> WriteChunkAsync(ParquetField field, PageSource source, CancellationToken cancellationToken)
    {
        var start = _position;
        var (entries, uncompressed) = (0L, 0L);
        if (source.DictionaryValues is { } values)
        {
            _page.ResetWrittenCount();
            source.WriteDictionary(_page);
            uncompressed += await AppendPageAsync(PageHeader.Dictionary, values, PageEncoding.Plain, cancellationToken);
        }

        var (dataStart, encoding) = (_position, source.DictionaryValues is null ? PageEncoding.Plain : PageEncoding.RleDictionary);
        for (var row = 0; row < source.Rows; row += PageRows)
        {
            _page.ResetWrittenCount();
            var pageEntries = source.Write(row, Math.Min(row + PageRows, source.Rows), _page);
            entries += pageEntries;
            uncompressed += await AppendPageAsync(PageHeader.Data, pageEntries, encoding, cancellationToken);
        }

        return new ColumnChunk
        {
            Type = SchemaTree.PhysicalOf(field.Type),
            Encodings = encoding == PageEncoding.Plain ? [PageEncoding.Plain, PageEncoding.Rle] : [PageEncoding.Plain, PageEncoding.Rle, encoding],
            Path = SchemaTree.PathOf(field),
            Codec = (int)_compression,
            Values = entries,
            UncompressedBytes = uncompressed,
            CompressedBytes = _position - start,
            DataPageOffset = dataStart,
            DictionaryPageOffset = dataStart == start ? null : start,
        };
    }

    /// <summary>Writes the body that lies in the page buffer.</summary>
    /// <returns>Bytes of header and body before compression.</returns>
    private async Task<long> AppendPageAsync(int type, int entries, PageEncoding encoding, CancellationToken cancellationToken)
    {
        var body = PageCodec.Compress(_compression, _page.WrittenMemory, _compressed);
        WriteHeader(type, entries, encoding, _page.WrittenCount, body.Length);
        await AppendAsync(_header.WrittenMemory, cancellationToken);
        await AppendAsync(body, cancellationToken);
        return _header.WrittenCount + _page.WrittenCount;
    }

    private void WriteHeader(int type, int entries, PageEncoding encoding, int uncompressed, int compressed)
    {
        _header.ResetWrittenCount();
        var header = new CompactWriter(_header);
        header.Int32(1, type);
        header.Int32(2, uncompressed);
        header.Int32(3, compressed);
        header.Begin((short)(type == PageHeader.Dictionary ? 7 : 5));
        header.Int32(1, entries);
        header.Int32(2, (int)encoding);
        if (type == PageHeader.Data)
        {
            header.Int32(3, (int)PageEncoding.Rle);
            header.Int32(4, (int)PageEncoding.Rle);
        }

        header.End();
        header.End();
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(bytes, cancellationToken);
        _position += bytes.Length;
    }
}

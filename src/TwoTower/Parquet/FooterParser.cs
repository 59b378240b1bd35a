namespace TwoTower.Parquet;

/// <summary>Parses the footer's Thrift structs.</summary>
internal ref struct FooterParser(ReadOnlySpan<byte> footer)
{
    private CompactReader _from = new(footer, "Parquet footer");

    public FileMetadata Parse()
    {
        var schema = new List<SchemaElement>();
        var groups = new List<RowGroup>();
        long? rows = null;
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 2:
                    for (var left = _from.List(out _); left > 0; left--)
                        schema.Add(SchemaElementParser.Parse(ref _from));
                    break;
                case 3:
                    rows = _from.Int64();
                    break;
                case 4:
                    for (var left = _from.List(out _); left > 0; left--)
                        groups.Add(ParseRowGroup());
                    break;
                default:
                    _from.Skip(type);
                    break;
            }
        }

        if (schema.Count == 0 || rows is not >= 0)
            throw new InvalidDataException($"Parquet footer: {schema.Count} schema elements and {rows?.ToString() ?? "no"} rows, expected both");
        return new FileMetadata(schema, rows.Value, groups);
    }

    private RowGroup ParseRowGroup()
    {
        var columns = new List<ColumnChunk>();
        long rows = 0;
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1:
                    for (var left = _from.List(out _); left > 0; left--)
                        columns.Add(ParseColumn());
                    break;
                case 3:
                    rows = _from.Int64();
                    break;
                default:
                    _from.Skip(type);
                    break;
            }
        }

        return new RowGroup(rows, columns);
    }

    private ColumnChunk ParseColumn()
    {
        ColumnChunk? chunk = null;
        var encrypted = false;
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1:
                    throw new NotSupportedException($"Parquet footer: a column in another file, {_from.String()}, expected all in this one");
                case 3:
                    chunk = ParseColumnMetadata();
                    break;
                case 8 or 9: // how it is encrypted, and its metadata where these are, too
                    encrypted = true;
                    _from.Skip(type);
                    break;
                default:
                    _from.Skip(type);
                    break;
            }
        }

        return encrypted ? (chunk ?? new ColumnChunk()) with { IsEncrypted = true }
            : chunk ?? throw new InvalidDataException("Parquet footer: a column without metadata");
    }

    private ColumnChunk ParseColumnMetadata()
    {
        var encodings = new List<PageEncoding>();
        var path = new List<string>();
        var chunk = new ColumnChunk { Encodings = encodings, Path = path };
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1: chunk = chunk with { Type = (PhysicalType)_from.Int32() }; break;
                case 2:
                    for (var left = _from.List(out _); left > 0; left--)
                        encodings.Add((PageEncoding)_from.Int32());
                    break;
                case 3:
                    for (var left = _from.List(out _); left > 0; left--)
                        path.Add(_from.String());
                    break;
                case 4: chunk = chunk with { Codec = _from.Int32() }; break;
                case 5: chunk = chunk with { Values = _from.Int64() }; break;
                case 6: chunk = chunk with { UncompressedBytes = _from.Int64() }; break;
                case 7: chunk = chunk with { CompressedBytes = _from.Int64() }; break;
                case 9: chunk = chunk with { DataPageOffset = _from.Int64() }; break;
                case 11: chunk = chunk with { DictionaryPageOffset = _from.Int64() }; break;
                default: _from.Skip(type); break;
            }
        }

        return chunk;
    }
}

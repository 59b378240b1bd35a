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
                        schema.Add(ParseSchemaElement());
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

    private SchemaElement ParseSchemaElement()
    {
        var element = new SchemaElement { Name = "", Repetition = Repetition.Required };
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            switch (id)
            {
                case 1: element = element with { Type = (PhysicalType)_from.Int32() }; break;
                case 3: element = element with { Repetition = (Repetition)_from.Int32() }; break;
                case 4: element = element with { Name = _from.String() }; break;
                case 5: element = element with { Children = _from.Int32() }; break;
                case 6: element = element with { ConvertedType = _from.Int32() }; break;
                case 10: element = ParseLogicalType(element); break;
                default: _from.Skip(type); break;
            }
        }

        return element;
    }

    private SchemaElement ParseLogicalType(SchemaElement element)
    {
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            element = element with { LogicalType = id };
            if (id == SchemaElement.LogicalTimestamp)
                element = element with { TimestampDigits = ParseTimestampDigits() };
            else
                _from.Skip(type);
        }

        return element;
    }

    private int ParseTimestampDigits()
    {
        var digits = 0;
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            if (id != 2)
            {
                _from.Skip(type);
                continue;
            }

            short unit = 0; // union: 1 milliseconds, 2 microseconds, 3 nanoseconds
            while (_from.Next(ref unit, out var unitType))
            {
                digits = 3 * (unit - 1);
                _from.Skip(unitType);
            }
        }

        return digits;
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
        short id = 0;
        while (_from.Next(ref id, out var type))
        {
            if (id == 1)
                throw new InvalidDataException($"Parquet footer: a column in another file, {_from.String()}, expected all columns in this one");
            if (id == 3)
                chunk = ParseColumnMetadata();
            else
                _from.Skip(type);
        }

        return chunk ?? throw new InvalidDataException("Parquet footer: a column without metadata");
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

namespace TwoTower.Parquet;

/// <summary>The footer.</summary>
internal sealed record FileMetadata(IReadOnlyList<SchemaElement> Schema, long Rows, IReadOnlyList<RowGroup> RowGroups)
{
    public const string CreatedBy = "two-tower-retraining";

    public void Write(CompactWriter to)
    {
        to.Int32(1, 1);
        to.List(2, CompactType.Struct, Schema.Count);
        foreach (var element in Schema)
            Write(to, element);
        to.Int64(3, Rows);
        to.List(4, CompactType.Struct, RowGroups.Count);
        foreach (var group in RowGroups)
            Write(to, group);
        to.String(6, CreatedBy);
        to.End();
    }

    private static void Write(CompactWriter to, SchemaElement element)
    {
        to.BeginElement();
        if (element.Type is { } type)
            to.Int32(1, (int)type);
        to.Int32(3, (int)element.Repetition);
        to.String(4, element.Name);
        if (element.Children > 0)
            to.Int32(5, element.Children);
        if (element.ConvertedType is { } converted)
            to.Int32(6, converted);
        if (element.LogicalType > 0)
            WriteLogicalType(to, element.LogicalType);
        to.End();
    }

    private static void WriteLogicalType(CompactWriter to, int logicalType)
    {
        to.Begin(10);
        to.Begin((short)logicalType);
        if (logicalType == SchemaElement.LogicalTimestamp)
        {
            to.Bool(1, true); // adjusted to UTC
            to.Begin(2);
            to.Begin(1); // milliseconds
            to.End();
            to.End();
        }

        to.End();
        to.End();
    }

    private static void Write(CompactWriter to, RowGroup group)
    {
        to.BeginElement();
        to.List(1, CompactType.Struct, group.Columns.Count);
        foreach (var chunk in group.Columns)
        {
            to.BeginElement();
            to.Int64(2, chunk.Start);
            to.Begin(3);
            Write(to, chunk);
            to.End();
            to.End();
        }

        to.Int64(2, group.Columns.Sum(chunk => chunk.UncompressedBytes));
        to.Int64(3, group.Rows);
        to.Int64(6, group.Columns.Sum(chunk => chunk.CompressedBytes));
        to.End();
    }

    private static void Write(CompactWriter to, ColumnChunk chunk)
    {
        to.Int32(1, (int)chunk.Type);
        to.List(2, CompactType.I32, chunk.Encodings.Count);
        foreach (var encoding in chunk.Encodings)
            to.Int32Element((int)encoding);
        to.List(3, CompactType.Binary, chunk.Path.Count);
        foreach (var name in chunk.Path)
            to.StringElement(name);
        to.Int32(4, chunk.Codec);
        to.Int64(5, chunk.Values);
        to.Int64(6, chunk.UncompressedBytes);
        to.Int64(7, chunk.CompressedBytes);
        to.Int64(9, chunk.DataPageOffset);
        if (chunk.DictionaryPageOffset is { } dictionary)
            to.Int64(11, dictionary);
    }
}

namespace TwoTower.Parquet;

/// <summary>From the public schema to the format's tree of elements; <see cref="SchemaNodes"/> leads back.</summary>
internal static class SchemaTree
{
    public static IReadOnlyList<SchemaElement> ToElements(ParquetSchema schema)
    {
        var elements = new List<SchemaElement>
        {
            new() { Name = "schema", Repetition = Repetition.Required, Children = schema.Fields.Count },
        };
        foreach (var field in schema.Fields)
        {
            var repetition = field.IsOptional ? Repetition.Optional : Repetition.Required;
            if (!field.IsList)
            {
                elements.Add(Leaf(field, field.Name, repetition));
                continue;
            }

            var list = new SchemaElement { Name = field.Name, Repetition = repetition, Children = 1 };
            elements.Add(list with { ConvertedType = SchemaElement.List, LogicalType = SchemaElement.LogicalList });
            elements.Add(new() { Name = "list", Repetition = Repetition.Repeated, Children = 1 });
            elements.Add(Leaf(field, "element", Repetition.Required));
        }

        return elements;
    }

    public static IReadOnlyList<string> PathOf(ParquetField field) => field.IsList ? [field.Name, "list", "element"] : [field.Name];

    public static PhysicalType PhysicalOf(ParquetType type) => type switch
    {
        ParquetType.Bool => PhysicalType.Boolean,
        ParquetType.Int32 => PhysicalType.Int32,
        ParquetType.Int64 or ParquetType.Timestamp => PhysicalType.Int64,
        ParquetType.Float => PhysicalType.Float,
        ParquetType.Double => PhysicalType.Double,
        _ => PhysicalType.ByteArray,
    };

    private static SchemaElement Leaf(ParquetField field, string name, Repetition repetition)
    {
        var leaf = new SchemaElement { Name = name, Type = PhysicalOf(field.Type), Repetition = repetition };
        return field.Type switch
        {
            ParquetType.String => leaf with { ConvertedType = SchemaElement.Utf8, LogicalType = SchemaElement.LogicalString },
            ParquetType.Timestamp => leaf with { ConvertedType = SchemaElement.TimestampMillis, LogicalType = SchemaElement.LogicalTimestamp },
            _ => leaf,
        };
    }
}

namespace TwoTower.Parquet;

/// <summary>Between the public schema and the format's tree of elements.</summary>
internal static class SchemaTree
{
    private const int MaxDepth = 32;

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

    /// <summary>All leaves of a file's tree, the readable and the others.</summary>
    /// <exception cref="InvalidDataException">The tree is cut off.</exception>
    public static IReadOnlyList<ColumnLayout> ToLayouts(IReadOnlyList<SchemaElement> elements)
    {
        var layouts = new List<ColumnLayout>();
        var position = 1;
        for (var child = 0; child < elements[0].Children; child++)
            Visit(elements, ref position, [], layouts);
        if (position != elements.Count)
            throw new InvalidDataException($"Parquet footer: {elements.Count} schema elements, expected {position} by their numbers of children");
        return layouts;
    }

    private static void Visit(IReadOnlyList<SchemaElement> elements, ref int position, SchemaElement[] above, List<ColumnLayout> layouts)
    {
        if (position >= elements.Count || above.Length == MaxDepth)
            throw new InvalidDataException($"Parquet footer: the schema tree of {elements.Count} elements is cut off or more than {MaxDepth} deep");
        var element = elements[position++];
        SchemaElement[] path = [.. above, element];
        if (element.Type is { } physical)
            layouts.Add(Layout(path, physical, layouts.Count));
        for (var child = 0; child < element.Children; child++)
            Visit(elements, ref position, path, layouts);
    }

    private static ColumnLayout Layout(SchemaElement[] path, PhysicalType physical, int index)
    {
        var repeated = Array.FindIndex(path, element => element.Repetition == Repetition.Repeated);
        var maxRepetition = path.Count(element => element.Repetition == Repetition.Repeated);
        var leaf = path[^1];
        var isList = path.Length == 3 && path[0].Children == 1 && path[1].Children == 1 && repeated == 1
            && (path[0].LogicalType == SchemaElement.LogicalList || path[0].ConvertedType == SchemaElement.List);
        var type = TypeOf(leaf, physical);
        var unsupported = type is null ? $"{physical} with converted type {leaf.ConvertedType?.ToString() ?? "none"} and logical type {leaf.LogicalType}"
            : path.Length > 1 && !isList || path.Length == 1 && repeated == 0 ? "nested in a way other than a three-level list"
            : null;
        var digits = leaf.LogicalType == SchemaElement.LogicalTimestamp ? leaf.TimestampDigits
            : leaf.ConvertedType == SchemaElement.TimestampMicros ? 3 : 0;
        var optional = path[0].Repetition == Repetition.Optional;
        var name = unsupported is null ? path[0].Name : string.Join('.', path.Select(element => element.Name));
        return new ColumnLayout(name, unsupported is null ? new ParquetField(name, type!.Value, optional, isList) : null, index, physical,
            path.Count(element => element.Repetition != Repetition.Required), maxRepetition,
            repeated < 0 ? 0 : path.Take(repeated + 1).Count(element => element.Repetition != Repetition.Required), digits, unsupported);
    }

    private static ParquetType? TypeOf(SchemaElement leaf, PhysicalType physical) => physical switch
    {
        _ when leaf.ConvertedType == SchemaElement.Decimal || leaf.LogicalType == SchemaElement.LogicalDecimal => null,
        PhysicalType.Boolean => ParquetType.Bool,
        PhysicalType.Int32 => ParquetType.Int32,
        PhysicalType.Int64 when leaf.LogicalType == SchemaElement.LogicalTimestamp
            || leaf.ConvertedType is SchemaElement.TimestampMillis or SchemaElement.TimestampMicros => ParquetType.Timestamp,
        PhysicalType.Int64 => ParquetType.Int64,
        PhysicalType.Float => ParquetType.Float,
        PhysicalType.Double => ParquetType.Double,
        PhysicalType.ByteArray => ParquetType.String,
        _ => null,
    };
}

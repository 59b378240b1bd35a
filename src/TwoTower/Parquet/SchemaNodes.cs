namespace TwoTower.Parquet;

/// <summary>Builds the columns of a file from the elements of its footer.</summary>
/// <remarks>Source: the format's LogicalTypes.md, "Nested types" with its rules for lists of older writers.</remarks>
internal ref struct SchemaNodes(IReadOnlyList<SchemaElement> elements)
{
    private const int MaxDepth = 32;

    private int _position = 1;
    private int _leaves;

    /// <exception cref="InvalidDataException">The tree is cut off, too deep, or has a group or a value that cannot be.</exception>
    public static IReadOnlyList<ParquetNode> Build(IReadOnlyList<SchemaElement> elements)
    {
        var tree = new SchemaNodes(elements);
        var columns = new List<ParquetNode>();
        for (var child = 0; child < elements[0].Children; child++)
            columns.Add(tree.Next(default));
        if (tree._position != elements.Count)
            throw Broken($"{elements.Count} schema elements, expected {tree._position} by their numbers of children");
        return columns;
    }

    private ParquetNode Next(Levels above)
    {
        if (_position >= elements.Count || above.Names?.Length == MaxDepth)
            throw Broken($"the schema tree of {elements.Count} elements is cut off or more than {MaxDepth} deep");
        var element = elements[_position++];
        var levels = above.Under(element);
        if (element.Repetition != Repetition.Repeated)
            return Content(element, levels);
        // Repeated without a LIST around it: a list that is never null, of elements that are never null.
        return new ParquetNode
        {
            Name = element.Name,
            Shape = ParquetShape.List,
            Definition = above.Definition,
            ElementDefinition = levels.Definition,
            ElementRepetition = levels.Repetition,
            Children = [Content(element, levels)],
        };
    }

    private ParquetNode Content(SchemaElement element, Levels levels)
    {
        if (element.Type is { } physical)
            return Value(element, physical, levels);
        if (element.Children <= 0)
            throw Broken($"the group {levels.Path} has {element.Children} members, expected 1 or more");
        if (element.Children == 1 && _position < elements.Count && elements[_position].Repetition == Repetition.Repeated)
        {
            if (element.Is(SchemaElement.List, SchemaElement.LogicalList))
                return List(element, levels);
            if (element.Is(SchemaElement.Map, SchemaElement.LogicalMap) || element.ConvertedType == SchemaElement.MapKeyValue)
                return Repeated(element, levels, ParquetShape.Map, isElement: false);
        }

        var members = Members(element, levels);
        return new ParquetNode { Name = element.Name, Shape = ParquetShape.Struct, Definition = levels.Definition, Children = members };
    }

    private ParquetNode List(SchemaElement element, Levels levels)
    {
        var repeated = elements[_position];
        // In a list of three levels the repeated group holds nothing but the element; in one of two it is the element.
        var isElement = repeated.Type is not null || repeated.Children != 1
            || repeated.Name == "array" || repeated.Name == element.Name + "_tuple";
        return Repeated(element, levels, ParquetShape.List, isElement);
    }

    private ParquetNode Repeated(SchemaElement element, Levels levels, ParquetShape shape, bool isElement)
    {
        var repeated = elements[_position++];
        var inner = levels.Under(repeated);
        return new ParquetNode
        {
            Name = element.Name,
            Shape = shape,
            Definition = levels.Definition,
            ElementDefinition = inner.Definition,
            ElementRepetition = inner.Repetition,
            Children = isElement ? [Content(repeated, inner)] : Members(repeated, inner),
        };
    }

    private List<ParquetNode> Members(SchemaElement group, Levels levels)
    {
        var members = new List<ParquetNode>();
        for (var child = 0; child < group.Children; child++)
            members.Add(Next(levels));
        return members.Count > 0 ? members
            : throw Broken($"the group {levels.Path} has 0 members, expected 1 or more");
    }

    private ParquetNode Value(SchemaElement element, PhysicalType physical, Levels levels)
    {
        if (physical == PhysicalType.FixedLenByteArray && element.Width <= 0)
            throw Broken($"values of {levels.Path} are {element.Width} bytes long, expected 1 or more");
        var leaf = new ParquetLeaf
        {
            Path = levels.Names,
            Index = _leaves++,
            Physical = physical,
            Kind = LeafKinds.Of(element, physical),
            Width = physical switch { PhysicalType.FixedLenByteArray => element.Width, PhysicalType.Int96 => 12, _ => 0 },
            Scale = element.Scale,
            TimestampDigits = LeafKinds.TimestampDigitsOf(element),
            MaxDefinition = levels.Definition,
            MaxRepetition = levels.Repetition,
        };
        return new ParquetNode { Name = element.Name, Shape = ParquetShape.Value, Leaf = leaf, Definition = levels.Definition };
    }

    private static InvalidDataException Broken(string found) => new($"Parquet footer: {found}");

    /// <summary>Where in the tree a node is.</summary>
    private readonly record struct Levels(string[] Names, int Definition, int Repetition)
    {
        public string Path => string.Join('.', Names);

        public Levels Under(SchemaElement element) => new(
            [.. Names ?? [], element.Name],
            Definition + (element.Repetition == TwoTower.Parquet.Repetition.Required ? 0 : 1),
            Repetition + (element.Repetition == TwoTower.Parquet.Repetition.Repeated ? 1 : 0));
    }
}

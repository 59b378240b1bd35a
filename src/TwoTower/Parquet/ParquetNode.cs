namespace TwoTower.Parquet;

/// <summary>A node of a file's schema: a column, or a part of a nested one.</summary>
/// <remarks>Lists of older writers come in shapes of their own; here they all look the same.</remarks>
public sealed record ParquetNode
{
    public required string Name { get; init; }

    public required ParquetShape Shape { get; init; }

    /// <summary>Set exactly for <see cref="ParquetShape.Value"/>.</summary>
    public ParquetLeaf? Leaf { get; init; }

    /// <summary>The element of a list, the members of a struct, key and value of a map; none for a value.</summary>
    public IReadOnlyList<ParquetNode> Children { get; init; } = [];

    /// <summary>Definition level from which the node is there and not null.</summary>
    public required int Definition { get; init; }

    /// <summary>For a list or a map: definition level from which it has an element, else 0.</summary>
    public int ElementDefinition { get; init; }

    /// <summary>For a list or a map: repetition level of an element after the first, else 0.</summary>
    public int ElementRepetition { get; init; }

    /// <summary>Every leaf below, in file order.</summary>
    public IEnumerable<ParquetLeaf> Leaves => Leaf is { } leaf ? [leaf] : Children.SelectMany(child => child.Leaves);
}

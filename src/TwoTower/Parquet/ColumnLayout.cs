namespace TwoTower.Parquet;

/// <summary>A column as the typed reader sees it.</summary>
/// <param name="Field">Null when the typed reader cannot read it; see <paramref name="Unsupported"/>.</param>
/// <param name="Leaf">Its only leaf, or the first of several.</param>
/// <param name="ElementDefinition">Definition level from which a list has an element; 0 for a flat column.</param>
/// <param name="Unsupported">Why it cannot be read.</param>
internal sealed record ColumnLayout(string Name, ParquetField? Field, ParquetLeaf Leaf, int ElementDefinition, string? Unsupported)
{
    public static ColumnLayout Of(ParquetNode column)
    {
        var leaf = column.Leaves.First();
        var isList = column is { Shape: ParquetShape.List, Children: [{ Shape: ParquetShape.Value }] };
        var type = TypeOf(leaf);
        var unsupported = column.Shape != ParquetShape.Value && !isList ? $"a {Describe(column)}"
            : type is null ? $"{leaf.Physical} that holds {leaf.Kind}"
            : null;
        var field = unsupported is null ? new ParquetField(column.Name, type!.Value, column.Definition > 0, isList) : null;
        return new ColumnLayout(column.Name, field, leaf, column.ElementDefinition, unsupported);
    }

    private static string Describe(ParquetNode node) =>
        node.Shape == ParquetShape.List ? $"list of {Several(node.Children[0])}" : Word(node.Shape);

    private static string Several(ParquetNode node) =>
        node.Shape == ParquetShape.List ? $"lists of {Several(node.Children[0])}" : Word(node.Shape) + "s";

    private static string Word(ParquetShape shape) => shape.ToString().ToLowerInvariant();

    private static ParquetType? TypeOf(ParquetLeaf leaf) => (leaf.Kind, leaf.Physical) switch
    {
        (ParquetKind.Bool, _) => ParquetType.Bool,
        (ParquetKind.Int, PhysicalType.Int32) => ParquetType.Int32,
        (ParquetKind.Int, _) => ParquetType.Int64,
        (ParquetKind.Timestamp, PhysicalType.Int64) => ParquetType.Timestamp,
        (ParquetKind.Float, _) => ParquetType.Float,
        (ParquetKind.Double, _) => ParquetType.Double,
        (ParquetKind.Text, _) => ParquetType.String,
        _ => null,
    };
}

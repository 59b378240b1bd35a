namespace TwoTower.Parquet;

/// <summary>One leaf of the schema tree: what it holds and how deep it is nested.</summary>
/// <param name="Field">Null when this reader cannot read it; see <paramref name="Unsupported"/>.</param>
/// <param name="Index">Position among the leaves, and so in every row group.</param>
/// <param name="MaxDefinition">Definition level of a value that is there.</param>
/// <param name="MaxRepetition">0, or 1 for a list.</param>
/// <param name="ElementDefinition">Definition level from which a list has an element; 0 for a flat column.</param>
/// <param name="TimestampDigits">See <see cref="SchemaElement.TimestampDigits"/>.</param>
/// <param name="Unsupported">Why it cannot be read.</param>
internal sealed record ColumnLayout(string Name, ParquetField? Field, int Index, PhysicalType Physical,
    int MaxDefinition, int MaxRepetition, int ElementDefinition, int TimestampDigits, string? Unsupported);

namespace TwoTower.Parquet;

/// <summary>A node of the schema tree as the footer lists it, depth first.</summary>
internal sealed record SchemaElement
{
    /// <summary><see cref="ConvertedType"/> of a string, of a list, of milliseconds and of microseconds since 1970.</summary>
    public const int Utf8 = 0, List = 3, Decimal = 5, TimestampMillis = 9, TimestampMicros = 10;

    /// <summary>Fields of the logical type's union.</summary>
    public const int LogicalString = 1, LogicalList = 3, LogicalDecimal = 5, LogicalTimestamp = 8;

    public required string Name { get; init; }

    /// <summary>Null for a group.</summary>
    public PhysicalType? Type { get; init; }
    public required Repetition Repetition { get; init; }
    public int Children { get; init; }
    public int? ConvertedType { get; init; }

    /// <summary>Field of the union, 0 for none.</summary>
    public int LogicalType { get; init; }

    /// <summary>For timestamps: units in a millisecond as a power of ten, 0, 3 (microseconds) or 6 (nanoseconds).</summary>
    public int TimestampDigits { get; init; }
}

namespace TwoTower.Parquet;

/// <summary>A node of the schema tree as the footer lists it, depth first.</summary>
internal sealed record SchemaElement
{
    /// <summary><see cref="ConvertedType"/>, the older annotation.</summary>
    public const int Utf8 = 0, Map = 1, MapKeyValue = 2, List = 3, Enum = 4, Decimal = 5, Date = 6, TimeMillis = 7, TimeMicros = 8,
        TimestampMillis = 9, TimestampMicros = 10, Uint8 = 11, Uint64 = 14, Int8 = 15, Int64 = 18, Json = 19, Interval = 21;

    /// <summary>Fields of the union that is the newer annotation.</summary>
    public const int LogicalString = 1, LogicalMap = 2, LogicalList = 3, LogicalEnum = 4, LogicalDecimal = 5, LogicalDate = 6,
        LogicalTime = 7, LogicalTimestamp = 8, LogicalInteger = 10, LogicalJson = 12, LogicalUuid = 14, LogicalFloat16 = 15;

    public required string Name { get; init; }

    /// <summary>Null for a group.</summary>
    public PhysicalType? Type { get; init; }
    public required Repetition Repetition { get; init; }
    public int Children { get; init; }

    /// <summary>Bytes of a value of fixed length.</summary>
    public int Width { get; init; }

    /// <summary>Digits after the point of a decimal.</summary>
    public int Scale { get; init; }
    public int? ConvertedType { get; init; }

    /// <summary>Field of the union, 0 for none.</summary>
    public int LogicalType { get; init; }

    /// <summary>For timestamps: units in a millisecond as a power of ten, 0, 3 (microseconds) or 6 (nanoseconds).</summary>
    public int TimestampDigits { get; init; }

    /// <summary>For <see cref="LogicalInteger"/>.</summary>
    public bool IsUnsigned { get; init; }

    public bool Is(int converted, int logical) => LogicalType == logical || (LogicalType == 0 && ConvertedType == converted);
}

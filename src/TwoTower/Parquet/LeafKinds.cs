namespace TwoTower.Parquet;

/// <summary>Reads the annotations of a value: the newer one where there is one, else the older.</summary>
internal static class LeafKinds
{
    private const int LogicalNull = 11;

    public static ParquetKind Of(SchemaElement element, PhysicalType physical) => physical switch
    {
        PhysicalType.Boolean => ParquetKind.Bool,
        PhysicalType.Int32 or PhysicalType.Int64 => OfNumber(element, physical == PhysicalType.Int64),
        PhysicalType.Int96 => ParquetKind.Timestamp,
        PhysicalType.Float => ParquetKind.Float,
        PhysicalType.Double => ParquetKind.Double,
        PhysicalType.ByteArray => OfBytes(element),
        PhysicalType.FixedLenByteArray => OfFixedBytes(element),
        _ => ParquetKind.Other,
    };

    public static int TimestampDigitsOf(SchemaElement element) =>
        element.LogicalType == SchemaElement.LogicalTimestamp ? element.TimestampDigits
        : element.ConvertedType == SchemaElement.TimestampMicros ? 3
        : 0;

    private static ParquetKind OfNumber(SchemaElement element, bool isLong)
    {
        if (element.Is(SchemaElement.Decimal, SchemaElement.LogicalDecimal))
            return ParquetKind.Decimal;
        if (element.LogicalType == SchemaElement.LogicalTime || IsConverted(element, SchemaElement.TimeMillis, SchemaElement.TimeMicros))
            return ParquetKind.Time;
        if (element.LogicalType == SchemaElement.LogicalInteger)
            return element.IsUnsigned ? ParquetKind.UnsignedInt : ParquetKind.Int;
        if (IsConverted(element, SchemaElement.Uint8, SchemaElement.Uint64))
            return ParquetKind.UnsignedInt;
        if (IsConverted(element, SchemaElement.Int8, SchemaElement.Int64) || IsPlain(element))
            return ParquetKind.Int;
        if (!isLong && element.Is(SchemaElement.Date, SchemaElement.LogicalDate))
            return ParquetKind.Date;
        var isTimestamp = element.LogicalType == SchemaElement.LogicalTimestamp
            || IsConverted(element, SchemaElement.TimestampMillis, SchemaElement.TimestampMicros);
        return isLong && isTimestamp && TimestampDigitsOf(element) is (0 or 3 or 6) ? ParquetKind.Timestamp : ParquetKind.Other;
    }

    private static ParquetKind OfBytes(SchemaElement element) =>
        element.Is(SchemaElement.Utf8, SchemaElement.LogicalString) || element.Is(SchemaElement.Enum, SchemaElement.LogicalEnum)
            || element.Is(SchemaElement.Json, SchemaElement.LogicalJson) ? ParquetKind.Text
        : element.Is(SchemaElement.Decimal, SchemaElement.LogicalDecimal) ? ParquetKind.Decimal
        : IsPlain(element) ? ParquetKind.Bytes
        : ParquetKind.Other;

    private static ParquetKind OfFixedBytes(SchemaElement element) =>
        element.Is(SchemaElement.Decimal, SchemaElement.LogicalDecimal) ? ParquetKind.Decimal
        : element.LogicalType == SchemaElement.LogicalUuid && element.Width == 16 ? ParquetKind.Uuid
        : element.LogicalType == SchemaElement.LogicalFloat16 && element.Width == 2 ? ParquetKind.Float16
        : element.ConvertedType == SchemaElement.Interval ? ParquetKind.Interval
        : ParquetKind.Other;

    private static bool IsConverted(SchemaElement element, int first, int last) =>
        element.LogicalType == 0 && element.ConvertedType >= first && element.ConvertedType <= last;

    /// <summary>Without an annotation, or with the one of columns that hold nothing but nulls.</summary>
    private static bool IsPlain(SchemaElement element) =>
        element.LogicalType == LogicalNull || (element.LogicalType == 0 && element.ConvertedType is null);
}

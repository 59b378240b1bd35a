namespace TwoTower.Parquet;

/// <summary>What the values of a leaf stand for, whatever they lie as (<see cref="PhysicalType"/>).</summary>
public enum ParquetKind
{
    Bool,

    /// <summary>Signed, of up to 64 bits.</summary>
    Int,

    /// <summary>Lies as a signed number of the same width.</summary>
    UnsignedInt,

    /// <summary>Two bytes, IEEE 754 binary16.</summary>
    Float16,
    Float,
    Double,

    /// <summary>UTF-8: STRING, ENUM and JSON.</summary>
    Text,

    /// <summary>Bytes without an annotation: text, in files of some writers.</summary>
    Bytes,

    /// <summary>A whole number to be divided by 10^<see cref="ParquetLeaf.Scale"/>; in bytes, the highest comes first.</summary>
    Decimal,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Time of day.</summary>
    Time,

    /// <summary>
    /// Units since 1970-01-01T00:00, see <see cref="ParquetLeaf.TimestampDigits"/>; in twelve bytes, nanoseconds of a day and its Julian number.
    /// </summary>
    Timestamp,

    /// <summary>Sixteen bytes in the order of the text.</summary>
    Uuid,

    /// <summary>Months, days and milliseconds.</summary>
    Interval,

    /// <summary>Anything else: BSON, VARIANT, GEOMETRY, ….</summary>
    Other,
}

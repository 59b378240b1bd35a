namespace TwoTower.Parquet;

/// <summary>Types of a column's values, with the CLR type they are written from and read as.</summary>
public enum ParquetType
{
    /// <summary><see cref="bool"/>.</summary>
    Bool,

    /// <summary><see cref="int"/>.</summary>
    Int32,

    /// <summary><see cref="long"/>.</summary>
    Int64,

    /// <summary><see cref="float"/>.</summary>
    Float,

    /// <summary><see cref="double"/>.</summary>
    Double,

    /// <summary><see cref="string"/>, UTF-8.</summary>
    String,

    /// <summary><see cref="long"/>: unix milliseconds, UTC. Files with micro- or nanoseconds are read as milliseconds, rounded down.</summary>
    Timestamp,
}

namespace TwoTower.Parquet;

/// <summary>A leaf of a file's schema: where its values lie, what they stand for, and how deep it is nested.</summary>
public sealed record ParquetLeaf
{
    /// <summary>Names from the root's child to the leaf.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>Position among the leaves, and so in every row group.</summary>
    public required int Index { get; init; }

    public required PhysicalType Physical { get; init; }

    public required ParquetKind Kind { get; init; }

    /// <summary>Bytes of a value that lies as bytes of a fixed number, else 0.</summary>
    public int Width { get; init; }

    /// <summary>Digits after the point of a decimal.</summary>
    public int Scale { get; init; }

    /// <summary>Units of a timestamp in a millisecond as a power of ten: 0, 3 (microseconds) or 6 (nanoseconds).</summary>
    public int TimestampDigits { get; init; }

    /// <summary>Definition level of a value that is there.</summary>
    public required int MaxDefinition { get; init; }

    /// <summary>How many lists it lies in.</summary>
    public required int MaxRepetition { get; init; }

    /// <summary>The path with dots.</summary>
    public string Name => string.Join('.', Path);
}

namespace TwoTower.Parquet;

/// <summary>Where one column of one row group lies.</summary>
internal sealed record ColumnChunk
{
    public required PhysicalType Type { get; init; }
    public required IReadOnlyList<PageEncoding> Encodings { get; init; }

    /// <summary>Names from the root's child to the leaf.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    /// <summary>0 none, 1 Snappy, 2 gzip, 3 LZO, 4 Brotli, 5 LZ4, 6 Zstandard, 7 raw LZ4.</summary>
    public required int Codec { get; init; }
    public required long Values { get; init; }
    public required long UncompressedBytes { get; init; }
    public required long CompressedBytes { get; init; }
    public required long DataPageOffset { get; init; }
    public long? DictionaryPageOffset { get; init; }

    public long Start => DictionaryPageOffset is { } offset && offset > 0 && offset < DataPageOffset ? offset : DataPageOffset;
}

namespace TwoTower.Parquet;

/// <summary>Where one column of one row group lies.</summary>
internal sealed record ColumnChunk
{
    public PhysicalType Type { get; init; }
    public IReadOnlyList<PageEncoding> Encodings { get; init; } = [];

    /// <summary>Names from the root's child to the leaf.</summary>
    public IReadOnlyList<string> Path { get; init; } = [];

    /// <summary>0 none, 1 Snappy, 2 gzip, 3 LZO, 4 Brotli, 5 LZ4, 6 Zstandard, 7 raw LZ4.</summary>
    public int Codec { get; init; }
    public long Values { get; init; }
    public long UncompressedBytes { get; init; }
    public long CompressedBytes { get; init; }
    public long DataPageOffset { get; init; }
    public long? DictionaryPageOffset { get; init; }

    /// <summary>Only for who has the key; everything else here may be missing.</summary>
    public bool IsEncrypted { get; init; }

    /// <summary>The same pages at another place.</summary>
    public ColumnChunk At(long start) => this with
    {
        DataPageOffset = DataPageOffset - Start + start,
        DictionaryPageOffset = DictionaryPageOffset is { } offset && offset == Start ? start : null,
    };

    public long Start => DictionaryPageOffset is { } offset && offset > 0 && offset < DataPageOffset ? offset : DataPageOffset;
}

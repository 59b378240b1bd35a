namespace TwoTower.Parquet;

/// <summary>Codecs that are written. Snappy and Brotli are read as well; values are those of the format.</summary>
public enum ParquetCompression
{
    None = 0,
    Gzip = 2,
}

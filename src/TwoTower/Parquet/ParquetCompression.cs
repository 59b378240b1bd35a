namespace TwoTower.Parquet;

/// <summary>Codecs that are written. Brotli is read as well; values are those of the format.</summary>
public enum ParquetCompression
{
    None = 0,
    Snappy = 1,
    Gzip = 2,
}

namespace TwoTower.Parquet;

/// <summary>A codec or an encoding that <see cref="ParquetReader"/> does not know. The file may be whole: other readers know more.</summary>
public sealed class ParquetCodingException(string message) : NotSupportedException(message);

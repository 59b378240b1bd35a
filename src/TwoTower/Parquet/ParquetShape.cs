namespace TwoTower.Parquet;

/// <summary>What a <see cref="ParquetNode"/> holds.</summary>
public enum ParquetShape
{
    Value,
    Struct,
    List,
    Map,
}

namespace TwoTower.Parquet;

/// <summary>How often a node occurs in its parent; numbers are those of the format.</summary>
internal enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

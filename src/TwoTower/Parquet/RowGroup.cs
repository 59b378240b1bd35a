namespace TwoTower.Parquet;

internal sealed record RowGroup(long Rows, IReadOnlyList<ColumnChunk> Columns);

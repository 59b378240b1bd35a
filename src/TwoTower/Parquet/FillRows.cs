namespace TwoTower.Parquet;

/// <summary>Gives the values of some rows of a column.</summary>
/// <param name="start">First row.</param>
/// <param name="values">[rows]; to be overwritten.</param>
public delegate void FillRows<T>(int start, Span<T> values);

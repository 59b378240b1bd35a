namespace TwoTower.Parquet;

/// <summary>A required column of numbers that are asked for a page at a time, so that they need not all be there at once.</summary>
/// <param name="rows">How many.</param>
/// <param name="fill">Gives the same values for the same rows.</param>
public sealed class ComputedColumn<T>(int rows, FillRows<T> fill)
    where T : unmanaged
{
    public int Rows { get; } = rows;

    public FillRows<T> Fill { get; } = fill;
}

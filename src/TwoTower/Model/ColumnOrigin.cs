namespace TwoTower.Model;

/// <summary>Where an input column's weights come from: the champion's input in that column was Scale · x + Shift, x being the new input.</summary>
/// <param name="Column">Of the champion; -1 for a column that it did not have.</param>
/// <param name="Scale">1 unless the column is standardised otherwise now.</param>
/// <param name="Shift">0 unless the column is standardised otherwise now.</param>
public readonly record struct ColumnOrigin(int Column, float Scale = 1, float Shift = 0)
{
    /// <summary>A column that the champion did not have.</summary>
    public static ColumnOrigin None => new(-1);
}

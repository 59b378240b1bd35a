namespace Retraining.Source;

/// <summary>Counts rows of one table while they are read.</summary>
internal sealed class RowTally(string table)
{
    public string Table { get; } = table;

    /// <summary>File or table of the newest row; null before the first.</summary>
    public string? Origin { get; set; }

    public long Read { get; set; }

    public long Quarantined { get; set; }

    public long DuplicateIds { get; set; }
}

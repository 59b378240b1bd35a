namespace Retraining.Source;

/// <summary>Rows of the three tables.</summary>
public sealed record RowCounts(long Profiles, long Videos, long Decisions);

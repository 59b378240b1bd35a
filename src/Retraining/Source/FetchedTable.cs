namespace Retraining.Source;

/// <summary>What was fetched of a table whose rows are kept from one sync to the next.</summary>
/// <param name="Table">Table or function.</param>
/// <param name="Rows">Rows that this run fetched.</param>
/// <param name="ChangedSince">Only rows that changed from then on were fetched; null where the whole table was.</param>
public sealed record FetchedTable(string Table, long Rows, DateTimeOffset? ChangedSince);

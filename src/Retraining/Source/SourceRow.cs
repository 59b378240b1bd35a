namespace Retraining.Source;

/// <summary>One row of a source: its value, or why it has none.</summary>
/// <param name="Origin">File name or table.</param>
/// <param name="Row">1-based position in the origin.</param>
/// <param name="Value">The row; null exactly when there is a fault.</param>
/// <param name="Fault">What is wrong with the row; null when it could be read.</param>
public readonly record struct SourceRow<T>(string Origin, long Row, T? Value, RowFault? Fault)
    where T : class;

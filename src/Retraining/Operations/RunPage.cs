namespace Retraining.Operations;

/// <summary>Some runs, and how to ask for the next ones.</summary>
/// <param name="Runs">Newest first.</param>
/// <param name="ContinuationToken">Null on the last page.</param>
public sealed record RunPage(IReadOnlyList<RunBrief> Runs, string? ContinuationToken);

namespace Retraining.Benchmark;

/// <summary>One positive of a split.</summary>
/// <param name="Time">Unix milliseconds; 0 when the file has none.</param>
internal readonly record struct InteractionRow(string UserId, string ItemId, long Time);

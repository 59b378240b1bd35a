namespace Retraining.Journal;

/// <summary>A short form of a run, as its journals' home keeps it.</summary>
/// <param name="Length">Of the run's journal now, counted as in <see cref="RunPulse.Length"/>.</param>
/// <param name="Head">What lists need.</param>
public sealed record StoredSummary(long Length, byte[] Head);

namespace Retraining.Features;

/// <summary>A user at one moment: whose row is asked for, and what was known.</summary>
/// <param name="User">Index in the log.</param>
/// <param name="End">Index of the first event that is not known: in [Offsets[user], Offsets[user + 1]].</param>
/// <param name="AsOf">Unix milliseconds, not before the last known event.</param>
public readonly record struct HistoryMoment(int User, int End, long AsOf);

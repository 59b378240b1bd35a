namespace Retraining.Journal;

/// <summary>Signs of life of one run.</summary>
/// <param name="Length">Of the journal, in whatever unit its home counts in; 0 when there is none. It has grown when this differs.</param>
/// <param name="Attended">A living process carries the run.</param>
public sealed record RunPulse(long Length, bool Attended);

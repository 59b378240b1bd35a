namespace Retraining.Execution;

/// <summary>What a stage needs most. Engines limit how many of a kind run at once, and workers can be restricted to kinds.</summary>
public enum WorkKind
{
    /// <summary>Reads and writes elsewhere: many at a time.</summary>
    Transfer,

    /// <summary>All cores for minutes or hours: one at a time.</summary>
    Training,

    /// <summary>Some seconds of arithmetic.</summary>
    Compute,
}

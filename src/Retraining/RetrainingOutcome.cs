namespace Retraining;

public enum RetrainingOutcome
{
    /// <summary>The new version is live.</summary>
    Published,

    /// <summary>The gate refused; what was live still is.</summary>
    Rejected,

    /// <summary>A run that was not to publish (a dry run, a skipped export) passed the gate and stopped there.</summary>
    Passed,
}

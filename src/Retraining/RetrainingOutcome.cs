namespace Retraining;

public enum RetrainingOutcome
{
    /// <summary>The new version is live.</summary>
    Published,

    /// <summary>The gate refused; what was live still is.</summary>
    Rejected,

    /// <summary>A dry run passed the gate and stopped there.</summary>
    Passed,
}

namespace Retraining.Training;

/// <summary>What a training example may know of its user.</summary>
public enum HistoryMode
{
    /// <summary>Only what the user decided strictly before the earliest target. For a service that looks ahead.</summary>
    Causal,

    /// <summary>Everything the user decided in the training part but the targets. Only for benchmarks that ignore time.</summary>
    Rest,
}

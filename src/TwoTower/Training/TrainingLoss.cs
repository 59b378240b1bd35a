namespace TwoTower.Training;

/// <summary>What the trainer minimises.</summary>
public enum TrainingLoss
{
    /// <summary>Cross entropy over the items that occur in the batch (and extra negatives), sampled softmax.</summary>
    InBatchSoftmax,

    /// <summary>Cross entropy over the whole catalogue; for catalogues of up to some ten thousand items.</summary>
    FullSoftmax,

    /// <summary>Binary cross entropy of each positive and its drawn negatives.</summary>
    BinaryCrossEntropy,
}

namespace TwoTower.Training;

/// <summary>A loss over one batch and its gradient with respect to both sides' embeddings.</summary>
internal abstract class BatchLoss
{
    /// <summary>Fills both gradients, [rows, dim] and [candidates, dim], and returns the mean loss, weighted by target, in nats.</summary>
    public abstract double Compute(LossInput input);
}

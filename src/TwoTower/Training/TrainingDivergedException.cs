namespace TwoTower.Training;

/// <summary>Training cannot go on: loss or weights are not finite, the gradient explodes, or the embeddings collapsed to one point.</summary>
public sealed class TrainingDivergedException(string message, int epoch, int step) : Exception(message)
{
    /// <summary>From 1.</summary>
    public int Epoch { get; } = epoch;

    /// <summary>Step within the epoch, from 1; with the epoch it names the batch.</summary>
    public int Step { get; } = step;
}

using TwoTower.Kernels;

namespace TwoTower.Training;

/// <summary>What a loss works on.</summary>
/// <param name="Batch">Targets, weights, known and disliked items.</param>
/// <param name="Candidates">Items scored; candidate c is row c of <paramref name="Items"/>.</param>
/// <param name="Dim">Embedding width.</param>
/// <param name="Users">Row-major [user rows, dim].</param>
/// <param name="Items">Row-major [candidates, dim].</param>
/// <param name="UserGradient">As <paramref name="Users"/>, overwritten.</param>
/// <param name="ItemGradient">As <paramref name="Items"/>, overwritten.</param>
internal sealed record LossInput(
    TrainingBatch Batch, Candidates Candidates, int Dim, FloatBuffer Users, FloatBuffer Items, FloatBuffer UserGradient, FloatBuffer ItemGradient)
{
    public TrainingBatch Batch { get; set; } = Batch;

    /// <summary>1 / sum of the target weights.</summary>
    public double Share { get; set; }
}

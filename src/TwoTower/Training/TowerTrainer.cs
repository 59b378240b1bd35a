using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>One tower in training: weights, forward, backward, update.</summary>
internal sealed class TowerTrainer
{
    /// <param name="tower">Starting weights; left as they are.</param>
    /// <param name="level">Form of the kernels.</param>
    /// <param name="team">Threads.</param>
    /// <param name="exact">Keeps the first layer and its gradient at their full width throughout: for comparisons, slower.</param>
    public TowerTrainer(Tower tower, SimdLevel level, WorkTeam team, bool exact = false)
    {
        Weights = new TowerWeights(tower.Shape, exact ? FirstLayer.TrainedExactly : FirstLayer.Trained);
        Weights.Load(tower, parameter => parameter.Weight);
        Pass = new TowerPass(Weights, level, team);
        Backward = new TowerBackward(Pass, level, team);
        Update = new TowerUpdate(Pass, Backward, level, team);
    }

    public TowerWeights Weights { get; }

    public TowerPass Pass { get; }

    public TowerBackward Backward { get; }

    public TowerUpdate Update { get; }

    /// <summary>Embeds the batch and makes ready for its gradient.</summary>
    public void Forward(SparseRows rows, DropoutMask mask)
    {
        Pass.Run(rows, 0, rows.Rows, mask);
        Update.Prepare(rows);
        Backward.Gradient.Resize((long)rows.Rows * Weights.Shape.EmbeddingDim);
    }
}

using TwoTower.Kernels;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>One tower in training: weights, forward, backward, update.</summary>
internal sealed class TowerTrainer
{
    public TowerTrainer(Tower tower, SimdLevel level, WorkTeam team)
    {
        Weights = new TowerWeights(tower.Shape, FirstLayer.Trained);
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

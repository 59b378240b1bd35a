using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Makes what computes the steps of a training from the given weights.</summary>
/// <param name="items">Feature rows of the whole catalogue, by item index.</param>
public delegate ITrainingSteps CreateTrainingSteps(TwoTowerModel model, SparseRows items, IExampleSource source, TrainerOptions options);

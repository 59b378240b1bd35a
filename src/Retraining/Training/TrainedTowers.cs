using TwoTower.Model;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>What a run's training came to.</summary>
/// <param name="Search">The training that early stopping watched over.</param>
/// <param name="Refit">The one on all likes that followed; null where it is switched off.</param>
/// <param name="Factors">The settings of the factors that training started from; null when it started from something else.</param>
/// <param name="Start">What training started from: <c>factors</c>, <c>random</c> or <c>champion 20261121_040000</c>.</param>
internal sealed record TrainedTowers(TrainingResult Search, TrainingResult? Refit, TrainingSettings? Factors, string Start)
{
    public TwoTowerModel Model => Refit?.Model ?? Search.Model;

    public IReadOnlyList<EpochReport> RefitEpochs => Refit?.Epochs ?? [];
}

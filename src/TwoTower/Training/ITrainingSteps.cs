using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Computes the optimiser steps of a <see cref="Trainer"/> and keeps weights and moments while it trains.</summary>
public interface ITrainingSteps : IDisposable
{
    /// <summary>Does one optimiser step.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="step">Within the epoch, from 0.</param>
    StepReport Step(int epoch, int step);

    /// <summary>
    /// Length of the mean of the last step's user and item embeddings: 1 when all are the same point, 0 when they are too few to tell.
    /// </summary>
    (double Users, double Items) Concentration();

    /// <summary>Takes weights and moments.</summary>
    void Load(TrainerState state);

    /// <summary>Copies weights and moments out.</summary>
    void Store(TwoTowerModel weights, TwoTowerModel firstMoment, TwoTowerModel secondMoment);

    void StoreWeights(TwoTowerModel model);
}

using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>Trains both towers on a source's examples.</summary>
/// <param name="model">Starting weights (random, or a champion's for a warm start); left as they are.</param>
/// <param name="items">Feature rows of the whole catalogue, by item index.</param>
/// <param name="source">Examples.</param>
/// <param name="options">How to train.</param>
/// <param name="time">For progress events only.</param>
public sealed class Trainer(TwoTowerModel model, SparseRows items, IExampleSource source, TrainerOptions options, TimeProvider time)
{
    /// <summary>Trains to the last planned epoch or until the metric stops rising.</summary>
    /// <param name="hooks">Validation, checkpoints, progress.</param>
    /// <param name="resume">State of an interrupted run of the same trainer; null starts anew.</param>
    /// <param name="cancellationToken">Checked in every step.</param>
    /// <exception cref="TrainingDivergedException">Loss, gradient or weights show that training cannot go on.</exception>
    /// <exception cref="ArgumentException">Widths or options do not fit.</exception>
    public Task<TrainingResult> RunAsync(TrainingHooks hooks, TrainerState? resume, CancellationToken cancellationToken)
    {
        _ = (model, items, source, options, time);
        throw new NotImplementedException();
    }
}

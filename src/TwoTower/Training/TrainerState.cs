using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>All that a training needs to go on after its last finished epoch.</summary>
public sealed class TrainerState
{
    public required TwoTowerModel Model { get; init; }

    /// <summary>Adam's first moments, laid out as the weights.</summary>
    public required TwoTowerModel FirstMoment { get; init; }

    /// <summary>Adam's second moments, laid out as the weights.</summary>
    public required TwoTowerModel SecondMoment { get; init; }

    /// <summary>Weights of the best epoch; null before the first validation.</summary>
    public TwoTowerModel? Best { get; init; }

    /// <summary>Optimiser steps done.</summary>
    public required long Steps { get; init; }

    /// <summary>One for each finished epoch; the next epoch is their count plus 1.</summary>
    public required IReadOnlyList<EpochReport> Epochs { get; init; }

    /// <summary>Writes the state; the same state gives the same bytes.</summary>
    /// <param name="cancellationToken">Checked every mebibyte.</param>
    public void Save(Stream stream, CancellationToken cancellationToken) => TrainerStateFormat.Write(this, stream, cancellationToken);

    /// <exception cref="InvalidDataException">The stream holds no state, or a damaged one.</exception>
    public static TrainerState Load(Stream stream) => TrainerStateFormat.Read(stream);
}

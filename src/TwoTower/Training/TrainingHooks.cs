using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>What the caller does between epochs. All are optional.</summary>
public sealed record TrainingHooks
{
    /// <summary>Scores the model after each epoch, higher is better. The model is valid until the task ends.</summary>
    public Func<TwoTowerModel, CancellationToken, Task<double>>? Validate { get; init; }

    /// <summary>Receives all that a resume needs after each epoch. The state is valid until the call returns.</summary>
    public Func<TrainerState, CancellationToken, Task>? Checkpoint { get; init; }

    public Action<TrainingProgress>? Progress { get; init; }

    /// <summary>Least time between two progress events within an epoch.</summary>
    public TimeSpan ProgressInterval { get; init; } = TimeSpan.FromSeconds(5);
}

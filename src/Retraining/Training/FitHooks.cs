using Retraining.Execution;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>What a fit tells and keeps while it works. All are optional.</summary>
internal sealed record FitHooks
{
    /// <summary>Receives progress: each trial before the first epoch, each epoch, and every few seconds in between.</summary>
    public Action<StageProgress> Progress { get; init; } = _ => { };

    /// <summary>What progress counts.</summary>
    public string Unit { get; init; } = "epoch";

    /// <summary>Keeps what is done before the first epoch.</summary>
    public StartCheckpoint? Start { get; init; }

    /// <summary>Receives all that a resume needs after each epoch.</summary>
    public Func<TrainerState, CancellationToken, Task>? Checkpoint { get; init; }

    /// <summary>State of an interrupted fit.</summary>
    public TrainerState? Resume { get; init; }
}

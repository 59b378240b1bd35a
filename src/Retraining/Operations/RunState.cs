namespace Retraining.Operations;

/// <summary>A run as its journal and its newest progress tell it.</summary>
public sealed record RunState
{
    public required string RunId { get; init; }
    public required RunStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required RetrainingRequest Request { get; init; }

    /// <summary>Set once <see cref="Status"/> is <see cref="RunStatus.Completed"/>.</summary>
    public RetrainingResult? Result { get; init; }

    /// <summary>What went wrong, or why it was terminated; one sentence or a few, no secrets.</summary>
    public string? Error { get; init; }

    /// <summary>Stages in the order of their first start.</summary>
    public IReadOnlyList<StageState> Stages { get; init; } = [];

    /// <summary>It has not ended, and no living process carries it: it waits for somebody to go on with it.</summary>
    public bool Interrupted { get; init; }

    public bool HasEnded => Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Terminated;
}

using Retraining.Execution;

namespace Retraining.Operations;

/// <summary>One stage of one run.</summary>
public sealed record StageState
{
    public required string Name { get; init; }
    public required string Title { get; init; }
    public required StageStatus Status { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Attempts so far, the running one included.</summary>
    public required int Attempts { get; init; }

    /// <summary>Error of the newest failed attempt.</summary>
    public string? Error { get; init; }

    /// <summary>Every attempt that failed, oldest first; empty where the engine keeps only the newest <see cref="Error"/>.</summary>
    public IReadOnlyList<FailedAttempt> Failures { get; init; } = [];

    /// <summary>Newest progress while it runs.</summary>
    public StageProgress? Progress { get; init; }

    /// <summary>The recorded result, JSON; null until it has completed.</summary>
    public string? ResultJson { get; init; }
}

using System.Diagnostics.CodeAnalysis;

namespace Retraining.Operations;

/// <summary>A run as its journal and its newest progress tell it. A list of many reads of each only what is looked at.</summary>
public sealed record RunState
{
    private readonly Lazy<RetrainingRequest> _request = null!;
    private readonly Lazy<RetrainingResult?> _result = new((RetrainingResult?)null);
    private readonly Lazy<IReadOnlyList<StageState>> _stages = new((IReadOnlyList<StageState>)[]);

    public RunState()
    {
    }

    /// <summary>For engines that read the larger parts only when somebody looks at them.</summary>
    [SetsRequiredMembers]
    public RunState(
        string runId, RunStatus status, DateTimeOffset createdAt, DateTimeOffset updatedAt, Func<RetrainingRequest> request,
        Func<RetrainingResult?> result, Func<IReadOnlyList<StageState>> stages)
    {
        (RunId, Status, CreatedAt, UpdatedAt, Request) = (runId, status, createdAt, updatedAt, null!); // the request is what its function reads
        // A read that fails is tried again by whoever looks next.
        const LazyThreadSafetyMode Mode = LazyThreadSafetyMode.PublicationOnly;
        (_request, _result, _stages) = (new(request, Mode), new(result, Mode), new(stages, Mode));
    }

    public required string RunId { get; init; }
    public required RunStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    public required RetrainingRequest Request
    {
        get => _request.Value;
        init => _request = new(value);
    }

    /// <summary>Set once <see cref="Status"/> is <see cref="RunStatus.Completed"/>.</summary>
    public RetrainingResult? Result
    {
        get => _result.Value;
        init => _result = new(value);
    }

    /// <summary>What went wrong, or why it was terminated; one sentence or a few, no secrets.</summary>
    public string? Error { get; init; }

    /// <summary>Stages in the order of their first start.</summary>
    public IReadOnlyList<StageState> Stages
    {
        get => _stages.Value;
        init => _stages = new(value);
    }

    /// <summary>It has not ended, and no living process carries it: it waits for somebody to go on with it.</summary>
    public bool Interrupted { get; init; }

    public bool HasEnded => Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Terminated;
}

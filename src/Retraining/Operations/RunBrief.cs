using System.Text.Json.Serialization;
using Retraining.Approvals;

namespace Retraining.Operations;

/// <summary>A run as a list tells it. An ended run's is kept beside its journal, so that a list of many reads no journal of them.</summary>
public sealed record RunBrief
{
    public required string RunId { get; init; }
    public required RunStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <inheritdoc cref="RetrainingRequest.StartedBy"/>
    public required string StartedBy { get; init; }
    public bool DryRun { get; init; }

    /// <inheritdoc cref="RunState.Interrupted"/>
    public bool Interrupted { get; init; }

    /// <summary>Set once <see cref="Status"/> is <see cref="RunStatus.Completed"/>.</summary>
    public RunEnding? Ending { get; init; }

    /// <summary>As <see cref="RunState.Error"/>; of a run that cannot be read, why.</summary>
    public string? Error { get; init; }

    /// <summary>Stages in progress, with their newest progress; none of a run that has ended.</summary>
    public IReadOnlyList<StageState> Running { get; init; } = [];

    public int StagesCompleted { get; init; }

    /// <summary>What people were asked, while the run waits for their answer.</summary>
    public AskedApproval? Question { get; init; }

    /// <summary>
    /// The run's <see cref="RetrainingRequest"/> as JSON in UTF-8; null unless <see cref="RunQuery.WithRecords"/> asked for it.
    /// </summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte>? RequestJson { get; init; }

    /// <summary>Its <see cref="RetrainingResult"/> likewise; the JSON null when it has none.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte>? ResultJson { get; init; }

    /// <summary>Nothing more happens in it.</summary>
    [JsonIgnore]
    public bool HasEnded => Status is RunStatus.Completed or RunStatus.Failed or RunStatus.Terminated or RunStatus.Unknown;

    /// <param name="startedAt">The run's start.</param>
    /// <param name="why">Why its journal cannot be read.</param>
    public static RunBrief Unreadable(string runId, DateTimeOffset startedAt, string why) => new()
    {
        RunId = runId,
        Status = RunStatus.Unknown,
        CreatedAt = startedAt,
        UpdatedAt = startedAt,
        StartedBy = "(unknown)",
        Error = why,
    };

    public static RunBrief Of(RunState run) => new()
    {
        RunId = run.RunId,
        Status = run.Status,
        CreatedAt = run.CreatedAt,
        UpdatedAt = run.UpdatedAt,
        StartedBy = run.Request.StartedBy,
        DryRun = run.Request.DryRun,
        Interrupted = run.Interrupted,
        Ending = run.Result is { } result ? RunEnding.Of(result, run.Request.Settings.Gate.Metric) : null,
        Error = run.Error,
        Running = run.HasEnded ? [] : [.. run.Stages.Where(stage => stage.Status == StageStatus.Running)],
        StagesCompleted = run.Stages.Count(stage => stage.Status == StageStatus.Completed),
        Question = OpenApproval.IsIn(run) ? OpenApproval.QuestionOf(run) : null,
    };
}

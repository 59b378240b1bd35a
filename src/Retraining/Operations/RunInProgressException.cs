namespace Retraining.Operations;

/// <summary>A start that found a run in progress, or its own id taken. Callers show the id (HTTP 409).</summary>
public sealed class RunInProgressException(string runId)
    : Exception($"run {runId} is in progress, expected none: wait for it, or cancel it")
{
    public string RunId { get; } = runId;
}

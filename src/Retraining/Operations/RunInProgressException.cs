namespace Retraining.Operations;

/// <summary>A start that found a run in progress, or its own id taken. Callers show the id (HTTP 409).</summary>
public sealed class RunInProgressException : Exception
{
    public RunInProgressException(string runId)
        : this(runId, $"run {runId} is in progress, expected none: wait for it, or cancel it")
    {
    }

    public RunInProgressException(string runId, string message)
        : base(message) => RunId = runId;

    public string RunId { get; }
}

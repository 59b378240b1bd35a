namespace Retraining.Operations;

/// <summary>Kinds of <see cref="RunEvent"/>. Recorded, so never renamed.</summary>
public static class EventKinds
{
    public const string RunStarted = "run-started";
    public const string StageStarted = "stage-started";
    public const string AttemptFailed = "attempt-failed";
    public const string StageCompleted = "stage-completed";
    public const string StageFailed = "stage-failed";
    public const string EventRaised = "event-raised";
    public const string RunSuspended = "run-suspended";
    public const string RunResumed = "run-resumed";

    /// <summary>The process that carried the run was asked to stop; the run can go on.</summary>
    public const string RunInterrupted = "run-interrupted";

    /// <summary>A failed or interrupted run goes on; failed stages count as never done.</summary>
    public const string RunRewound = "run-rewound";
    public const string RunTerminated = "run-terminated";
    public const string RunCompleted = "run-completed";
    public const string RunFailed = "run-failed";
}

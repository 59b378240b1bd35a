using Retraining.Evaluation;

namespace Retraining.Operations;

/// <summary>What a person can do about how a run ended: a sentence with its command. Empty where nothing is to be done.</summary>
public static class NextStep
{
    /// <param name="outcome">Null when the run failed.</param>
    /// <param name="verdict">Of the gate; null when the run failed.</param>
    /// <param name="error">Why it failed, as recorded: the stage and the reason.</param>
    public static string After(string runId, RetrainingOutcome? outcome, Verdict? verdict, string? error) => outcome switch
    {
        null when error?.StartsWith($"{Stages.CheckContract.Name}: ", StringComparison.Ordinal) == true =>
            "Mend the source, or change the limit in the settings, and start anew, as this run keeps its snapshot: retrain run",
        null => $"Go on after the cause is gone: retrain resume {runId}",
        RetrainingOutcome.Rejected when verdict?.Approval is not { Approved: false } =>
            "To publish all the same, with a reason for the records: retrain run --override-reason \"…\"",
        _ => "",
    };

    /// <summary>Of a run that failed or completed; empty for others.</summary>
    public static string After(RunState run) => run.Status is RunStatus.Failed or RunStatus.Completed
        ? After(run.RunId, run.Result?.Outcome, run.Result?.Verdict, run.Error)
        : "";
}

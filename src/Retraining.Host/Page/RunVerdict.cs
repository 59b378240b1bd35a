using Retraining.Approvals;
using Retraining.Execution;
using Retraining.Operations;
using Retraining.Training;

namespace Retraining.Host.Page;

/// <summary>How a run stands, in one word and one sentence.</summary>
/// <param name="Word">For the pill.</param>
/// <param name="Tone">CSS class: <c>good</c>, <c>refused</c>, <c>bad</c>, <c>busy</c>, <c>idle</c>.</param>
/// <param name="Reason">What happened, without the numbers; empty when the word says all.</param>
/// <param name="Measured">The numbers, in a sentence.</param>
internal sealed record RunVerdict(string Word, string Tone, string Reason, string Measured = "")
{
    /// <summary>What happened, with the numbers.</summary>
    public string Why => $"{Reason} {Measured}".Trim();

    public Html Pill => Html.Of($"<span class=\"pill {Tone}\">{Word}</span>");

    /// <summary>What to do about it; empty where nothing is to be done.</summary>
    public static Html Advice(RunState run) => NextStep.After(run) is { Length: > 0 } step
        ? Html.Of($"<p class=\"quiet\">{step}</p>")
        : Html.Empty;

    public static RunVerdict Of(RunBrief run) => run.Status switch
    {
        RunStatus.Pending => new RunVerdict("Waiting", "idle", "It has not started yet."),
        RunStatus.Running when run.Interrupted =>
            new RunVerdict("Interrupted", "refused", "No process carries it any more. Resume it to go on at its first unfinished stage."),
        RunStatus.Running when OpenApproval.IsIn(run) => new RunVerdict("Your turn", "refused", Question(run)),
        RunStatus.Running => new RunVerdict("Running", "busy", Doing(run)),
        RunStatus.Suspended => new RunVerdict("Suspended", "idle", "No further stage starts until it is resumed."),
        RunStatus.Failed => new RunVerdict("Failed", "bad", run.Error ?? "No error was recorded."),
        RunStatus.Unknown => new RunVerdict("Unreadable", "bad", run.Error ?? "Its journal cannot be read."),
        RunStatus.Terminated => new RunVerdict("Cancelled", "idle", run.Error ?? "It was cancelled."),
        _ => run.Ending is { } ending ? Ended(ending) : new RunVerdict("Completed", "idle", ""),
    };

    private static RunVerdict Ended(RunEnding ending) => ending.Outcome switch
    {
        RetrainingOutcome.Published when ending.OverrideReason is { } reason =>
            new RunVerdict("Published", "good", $"In spite of the gate, because: {reason}.", Numbers(ending)),
        RetrainingOutcome.Published when ending.Approval is { } answer =>
            new RunVerdict("Published", "good", $"{answer.Told()}.", Numbers(ending)),
        RetrainingOutcome.Published => new RunVerdict("Published", "good", "", Numbers(ending)),
        RetrainingOutcome.Passed => new RunVerdict("Passed", "good", "A dry run: nothing was published.", Numbers(ending)),
        _ => new RunVerdict("Refused", "refused", Refusal(ending), Numbers(ending)),
    };

    private static string Question(RunBrief run) => run.Question is { } question
        ? $"It waits for approval until {question.Until:yyyy-MM-dd HH:mm} UTC, because {question.Why}."
        : "It waits for approval.";

    private static string Refusal(RunEnding ending)
    {
        if (ending.Approval is { Approved: false } answer)
            return $"{answer.Told()}. What was live still is.";
        var broken = ending.BrokenRules.Select(Words.Spaced).ToList();
        return $"{Words.List(broken)} {(broken.Count == 1 ? "does" : "do")} not hold. What was live still is.";
    }

    private static string Numbers(RunEnding ending)
    {
        if (ending.Metrics.Count == 0)
            return "";
        var metric = ending.Metrics[0];
        var text = $"{metric.Name} {Words.Number(metric.Challenger)}";
        if (metric.Champion is { } reigning)
            text += $", the champion {Words.Number(reigning)} ({Words.Change(metric.Challenger, reigning)})";
        if (metric.Popularity is { } popular)
            text += $", popularity {Words.Number(popular)}";
        return text + ".";
    }

    private static string Doing(RunBrief run) => run.Running.Count == 0
        ? "Between two stages."
        : string.Join(" · ", run.Running.Select(stage => stage.Progress is { } now ? $"{stage.Title}: {now.Message}{Left(now)}" : stage.Title));

    private static string Left(StageProgress progress) => progress.Values.TryGetValue(TrainingReport.Remaining, out var seconds)
        ? $", {Words.Duration(TimeSpan.FromSeconds(seconds))} left at this speed"
        : "";
}

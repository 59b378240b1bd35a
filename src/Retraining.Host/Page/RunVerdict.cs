using Retraining.Approvals;
using Retraining.Operations;

namespace Retraining.Host.Page;

/// <summary>How a run stands, in one word and one sentence.</summary>
/// <param name="Word">For the pill.</param>
/// <param name="Tone">CSS class: <c>good</c>, <c>refused</c>, <c>bad</c>, <c>busy</c>, <c>idle</c>.</param>
/// <param name="Why">What happened, with the numbers.</param>
internal sealed record RunVerdict(string Word, string Tone, string Why)
{
    public Html Pill => Html.Of($"<span class=\"pill {Tone}\">{Word}</span>");

    public static RunVerdict Of(RunState run) => run.Status switch
    {
        RunStatus.Pending => new RunVerdict("Waiting", "idle", "It has not started yet."),
        RunStatus.Running when run.Interrupted =>
            new RunVerdict("Interrupted", "refused", "No process carries it any more. Resume it to go on at its first unfinished stage."),
        RunStatus.Running when OpenApproval.IsIn(run) => new RunVerdict("Your turn", "refused", Question(run)),
        RunStatus.Running => new RunVerdict("Running", "busy", Doing(run)),
        RunStatus.Suspended => new RunVerdict("Suspended", "idle", "No further stage starts until it is resumed."),
        RunStatus.Failed => new RunVerdict("Failed", "bad", run.Error ?? "No error was recorded."),
        RunStatus.Terminated => new RunVerdict("Cancelled", "idle", run.Error ?? "It was cancelled."),
        _ => run.Result is { } result ? Ended(result) : new RunVerdict("Completed", "idle", ""),
    };

    private static RunVerdict Ended(RetrainingResult result) => result.Outcome switch
    {
        RetrainingOutcome.Published when result.Verdict.OverrideReason is { } reason =>
            new RunVerdict("Published", "good", $"In spite of the gate, because: {reason}. {Measured(result)}"),
        RetrainingOutcome.Published => new RunVerdict("Published", "good", Measured(result)),
        RetrainingOutcome.Passed => new RunVerdict("Passed", "good", $"A dry run: nothing was published. {Measured(result)}"),
        _ => new RunVerdict("Refused", "refused", Refusal(result)),
    };

    private static string Question(RunState run) => OpenApproval.QuestionOf(run) is { } question
        ? $"It waits for approval until {question.Until:yyyy-MM-dd HH:mm} UTC, because {question.Why}."
        : "It waits for approval.";

    private static string Refusal(RetrainingResult result)
    {
        if (result.Verdict.Approval is { Approved: false } answer)
            return $"{answer.Told()}. What was live still is.";
        var broken = result.Verdict.Rules.Where(rule => !rule.Passed).Select(rule => Words.Spaced(rule.Name)).ToList();
        return $"{Words.List(broken)} {(broken.Count == 1 ? "does" : "do")} not hold. What was live still is.";
    }

    private static string Measured(RetrainingResult result)
    {
        var evaluation = result.Evaluation;
        if (evaluation.Challenger.Count == 0)
            return "";
        var metric = evaluation.Challenger.ContainsKey("recall@10") ? "recall@10" : evaluation.Challenger.Keys.Order(StringComparer.Ordinal).First();
        var value = evaluation.Challenger[metric];
        var text = $"{metric} {Words.Number(value)}";
        if (evaluation.Champion is { } champion && champion.TryGetValue(metric, out var reigning))
            text += $", the champion {Words.Number(reigning)} ({Words.Change(value, reigning)})";
        if (evaluation.Popularity.TryGetValue(metric, out var popular))
            text += $", popularity {Words.Number(popular)}";
        return text + ".";
    }

    private static string Doing(RunState run)
    {
        var running = run.Stages.Where(stage => stage.Status == StageStatus.Running).ToList();
        return running.Count == 0
            ? "Between two stages."
            : string.Join(" · ", running.Select(stage => stage.Progress is { } progress ? $"{stage.Title}: {progress.Message}" : stage.Title));
    }
}

using System.Text;

namespace Retraining.Operations;

/// <summary>What a person needs to act, in a few lines.</summary>
internal static class NotificationText
{
    /// <summary><c>published</c>, <c>rejected</c>, <c>passed</c> or <c>failed</c>.</summary>
    public static string Outcome(NotifyPeople.Input input) => input.Result?.Outcome.ToString().ToLowerInvariant() ?? "failed";

    public static string Subject(NotifyPeople.Input input, string runId) => $"Retraining {runId} (started by {input.StartedBy}): {Outcome(input)}";

    public static string Body(NotifyPeople.Input input, string runId)
    {
        if (input.Result is not { } result)
            return $"{input.Error ?? "no reason was recorded"}\n{NextStep.After(runId, null, null, input.Error)}{Page(input, runId)}";

        var text = new StringBuilder($"Version {result.Version}");
        if (result.Location is { } location)
            text.Append($"\nLies in {location}");
        text.Append(Headline.Of(result.Evaluation));
        foreach (var rule in result.Verdict.Rules.Where(rule => !rule.Passed))
            text.Append($"\nRefused by {rule.Name}: {rule.Explanation}");
        if (result.Verdict.OverrideReason is { } reason)
            text.Append($"\nPublished in spite of the gate: {reason}");
        if (result.Verdict.Approval is { } approval)
            text.Append($"\n{approval.Told()}");
        if (result.Outcome == RetrainingOutcome.Rejected)
            text.Append($"\nWhat was live still is. {NextStep.After(runId, result.Outcome, result.Verdict, null)}".TrimEnd());
        if (result is { Outcome: RetrainingOutcome.Published, Evaluation.ChampionVersion: { } before })
            text.Append($"\nTo go back: retrain rollback {before} --reason \"…\"");
        return text.Append(Page(input, runId)).ToString();
    }

    private static string Page(NotifyPeople.Input input, string runId) => input.PublicUrl is { } url ? $"\nIts page: {RunAddress.Of(url, runId)}" : "";
}

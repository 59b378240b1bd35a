using System.Globalization;
using System.Text;
using Retraining.Evaluation;
using Retraining.Execution;
using Retraining.Operations;

namespace Retraining.Approvals;

/// <summary>Tells people that a run waits for their answer, with what they need to give it. A channel that fails never fails the run.</summary>
public sealed class AskApproval(Announcer announcer, TimeProvider time) : IStage<AskApproval.Input, AskedApproval>
{
    /// <param name="Why">Why a person is asked.</param>
    /// <param name="PublicUrl">Where the status page is; null when nobody said.</param>
    public sealed record Input(
        string Version, string Why, Verdict Verdict, EvaluationReport Evaluation, GateSettings Gate, NotificationSettings Notification, string? PublicUrl);

    public async Task<AskedApproval> RunAsync(Input input, StageContext context, CancellationToken cancellationToken)
    {
        var until = time.GetUtcNow() + TimeSpan.FromHours(input.Gate.ApprovalHours);
        var told = await announcer.TellAsync(
            NotificationSettings.Approval, $"Retraining {context.RunId} waits for approval", Body(input, context.RunId, until), input.Notification, cancellationToken);
        return new AskedApproval { Why = input.Why, Until = until, Delivered = told.Delivered, Failed = told.Failed };
    }

    private static string Body(Input input, string runId, DateTimeOffset until)
    {
        var text = new StringBuilder($"Version {input.Version} passed the gate; a person is asked because {input.Why}");
        text.Append(Headline.Of(input.Evaluation));
        foreach (var rule in input.Verdict.Rules)
            text.Append($"\n{rule.Name}: {rule.Explanation}");
        text.Append(CultureInfo.InvariantCulture, $"\nPublish it: retrain approve {runId} --reason \"…\"");
        text.Append(CultureInfo.InvariantCulture, $"\nKeep what is live: retrain reject {runId} --reason \"…\"");
        if (input.PublicUrl is { } url)
            text.Append(CultureInfo.InvariantCulture, $"\nOr on its page: {RunAddress.Of(url, runId)}");
        text.Append(CultureInfo.InvariantCulture, $"\nWithout an answer by {until:u} it is {(input.Gate.WithoutAnswer == GateSettings.Publish ? "published" : "refused")}");
        return text.ToString();
    }
}

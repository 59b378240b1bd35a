using Retraining.Execution;

namespace Retraining.Operations;

/// <summary>Tells people how a run ended. A channel that fails never fails the run.</summary>
public sealed class NotifyPeople(Announcer announcer) : IStage<NotifyPeople.Input, Notification>
{
    /// <param name="Result">Null when the run failed.</param>
    /// <param name="Error">Why it failed; null otherwise.</param>
    /// <param name="PublicUrl">Where the status page is; null when nobody said.</param>
    public sealed record Input(RetrainingResult? Result, string? Error, string StartedBy, NotificationSettings Notification, string? PublicUrl = null);

    public Task<Notification> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) => announcer.TellAsync(
        NotificationText.Outcome(input),
        NotificationText.Subject(input, context.RunId),
        NotificationText.Body(input, context.RunId),
        input.Notification,
        cancellationToken);
}

using Retraining.Execution;

namespace Retraining.Operations;

public sealed class NotifyPeople : IStage<NotifyPeople.Input, Notification>
{
    public sealed record Input(RetrainingResult Result, string StartedBy, NotificationSettings Notification);

    public Task<Notification> RunAsync(Input input, StageContext context, CancellationToken cancellationToken) =>
        throw new NotImplementedException();
}

using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Retraining.DurableTask;

namespace Retraining.Functions;

/// <summary>
/// The weekly timer. It looks every few minutes; whether a run is due is decided here, since time zones are not the platform's business on
/// Linux. The run's id is its ISO week and ids start once, so it does not matter how often or where the timer fires.
/// </summary>
public sealed class WeeklyRetraining(StartDueRun startDueRun, HubClient hub)
{
    [Function("weekly-retraining")]
    public Task RunAsync(
        [TimerTrigger("%RETRAINING_TICK%")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        hub.Bind(client);
        return startDueRun(cancellationToken);
    }
}

using Microsoft.Extensions.Logging;
using Quartz;

namespace Retraining.Host.Schedule;

/// <summary>Goes on with runs that nobody carries, because their host died or was stopped.</summary>
[DisallowConcurrentExecution]
internal sealed class AttendJob(ScheduledRuns runs, ILogger<AttendJob> logger) : IJob
{
    public static readonly JobKey Key = new("attend");

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var id in await runs.ResumeInterruptedAsync("the host that carried it is gone", cancellationToken))
                logger.InterruptedRunResumed(id);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            logger.InterruptedRunsLeft(error);
        }
    }
}

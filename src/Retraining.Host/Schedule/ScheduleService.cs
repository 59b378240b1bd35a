using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Quartz;
using Retraining.Schedule;

namespace Retraining.Host.Schedule;

/// <summary>On start: goes on with what a stopped process left, and sets the timer for what is due, or for the next run.</summary>
internal sealed class ScheduleService(
    ScheduledRuns runs, WeeklySchedule schedule, ScheduleSettings settings, ISchedulerFactory schedulers, TimeProvider time, ILogger<ScheduleService> logger)
    : BackgroundService
{
    /// <summary>After the engine was added, which says whether the schedule is shared.</summary>
    /// <param name="ownTimer">False where somebody else's timer asks <see cref="ScheduledRuns.StartDueAsync"/>.</param>
    public static void Add(IServiceCollection services, bool ownTimer)
    {
        services.AddSingleton<ScheduleMark>().AddSingleton<ScheduleNews>().AddSingleton<ScheduledRuns>();
        if (!ownTimer)
            return;
        var shared = services.LastOrDefault(service => service.ServiceType == typeof(SharedSchedule))?.ImplementationInstance as SharedSchedule;
        if (shared is not null)
            services.AddHostedService<SharedSchedule.Preparation>();
        services.AddQuartz(quartz =>
        {
            quartz.AddJob<WeeklyJob>(job => job.WithIdentity(WeeklyJob.Key).StoreDurably().RequestRecovery());
            shared?.Configure(quartz);
        });
        services.AddQuartzHostedService(quartz => quartz.WaitForJobsToComplete = true);
        services.AddHostedService<ScheduleService>();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            foreach (var id in await runs.ResumeInterruptedAsync("the host started", stoppingToken))
                logger.InterruptedRunResumed(id);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            logger.InterruptedRunsLeft(error);
        }

        var scheduler = await schedulers.GetScheduler(stoppingToken);
        while (!await SetTimerAsync(scheduler, stoppingToken))
            await Task.Delay(WeeklyJob.Pause, time, stoppingToken);
    }

    private async Task<bool> SetTimerAsync(IScheduler scheduler, CancellationToken stoppingToken)
    {
        try
        {
            await WeeklyJob.SetTimerAsync(scheduler, runs, schedule, settings, time, logger, stoppingToken);
            return true;
        }
        catch (Exception error) when (!stoppingToken.IsCancellationRequested)
        {
            logger.ScheduleUnread(error); // it would end the host, which serves all else without it
            return false;
        }
    }
}

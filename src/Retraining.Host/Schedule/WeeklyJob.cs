using System.Globalization;
using Microsoft.Extensions.Logging;
using Quartz;
using Retraining.Schedule;

namespace Retraining.Host.Schedule;

/// <summary>Fires at one occurrence, and asks to be fired again: for the same one when it could not start yet, otherwise for the next.</summary>
[DisallowConcurrentExecution]
internal sealed class WeeklyJob(
    ScheduledRuns runs, WeeklySchedule schedule, ScheduleSettings settings, TimeProvider time, ILogger<WeeklyJob> logger) : IJob
{
    public static readonly JobKey Key = new("weekly");

    // One, so that hosts that share a schedule set one timer.
    private static readonly TriggerKey Timer = new(Key.Name);
    private const string RunId = "run";
    private const string Due = "due";
    private const string Meant = "meant";
    private const string Schedule = "schedule";
    internal static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    /// <summary>Sets the timer as this host's settings say, whatever a shared store held before: none where there is no schedule.</summary>
    public static async Task SetTimerAsync(
        IScheduler scheduler, ScheduledRuns runs, WeeklySchedule schedule, ScheduleSettings settings, TimeProvider time, ILogger logger,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var due = await runs.DueAsync(cancellationToken);
        if (!settings.Enabled || (due ?? schedule.Next(now)) is not { } first)
        {
            await scheduler.UnscheduleJob(Timer, cancellationToken);
            return;
        }

        var at = due is null ? first.At : now;
        await SetAsync(scheduler, schedule, first, at, meantFor: first.At, cancellationToken);
        logger.NextRunScheduled(first.RunId, at);
    }

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        try
        {
            await FireAsync(context, cancellationToken);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // The work store does not answer, most likely. Without a new timer there would be no run any more.
            logger.ScheduleUnread(error);
            var again = context.Trigger.GetTriggerBuilder().StartAt(time.GetUtcNow() + Pause).Build();
            await context.Scheduler.ScheduleTrigger(again, TriggerConflict.Replace, cancellationToken);
        }
    }

    private async Task FireAsync(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var data = context.MergedJobDataMap;
        if (!settings.Enabled || data.GetString(Schedule) != NameOf(schedule))
        {
            // Set by a host with other settings, before or beside this one.
            await SetTimerAsync(context.Scheduler, runs, schedule, settings, time, logger, cancellationToken);
            return;
        }

        var occurrence = new Occurrence(TimeIn(data, Due), data.GetString(RunId)!);
        var meantFor = TimeIn(data, Meant);
        if (await runs.DueAsync(cancellationToken) is { } due && due.At > occurrence.At)
            (occurrence, meantFor) = (due, due.At);
        var outcome = await runs.StartAsync(occurrence, meantFor, cancellationToken);

        var now = time.GetUtcNow();
        var again = now + Pause;
        if (outcome == ScheduledStart.Later)
            await SetAsync(context.Scheduler, schedule, occurrence, again, meantFor: again, cancellationToken);
        else if (schedule.Next(now > occurrence.At ? now : occurrence.At) is { } next)
            await SetAsync(context.Scheduler, schedule, next, next.At, meantFor: next.At, cancellationToken);
    }

    private static async Task SetAsync(
        IScheduler scheduler, WeeklySchedule schedule, Occurrence occurrence, DateTimeOffset at, DateTimeOffset meantFor,
        CancellationToken cancellationToken)
    {
        var trigger = TriggerBuilder.Create()
            .WithIdentity(Timer)
            .ForJob(Key)
            .UsingJobData(RunId, occurrence.RunId)
            .UsingJobData(Due, occurrence.At.ToString("O", CultureInfo.InvariantCulture))
            .UsingJobData(Meant, meantFor.ToString("O", CultureInfo.InvariantCulture))
            .UsingJobData(Schedule, NameOf(schedule))
            .StartAt(at)
            .Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
    }

    private static string NameOf(WeeklySchedule schedule) => $"{schedule.Expression} {schedule.TimeZone}";

    private static DateTimeOffset TimeIn(JobDataMap data, string key) => DateTimeOffset.Parse(data.GetString(key)!, CultureInfo.InvariantCulture);
}

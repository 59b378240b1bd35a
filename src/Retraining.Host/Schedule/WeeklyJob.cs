using System.Globalization;
using Quartz;
using Retraining.Schedule;

namespace Retraining.Host.Schedule;

/// <summary>Fires at one occurrence, and asks to be fired again: for the same one when it could not start yet, otherwise for the next.</summary>
[DisallowConcurrentExecution]
internal sealed class WeeklyJob(ScheduledRuns runs, WeeklySchedule schedule, TimeProvider time) : IJob
{
    public static readonly JobKey Key = new("weekly");
    private const string RunId = "run";
    private const string Due = "due";
    private const string At = "at";
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    public static ITrigger TriggerFor(Occurrence occurrence, DateTimeOffset fireAt) => TriggerBuilder.Create()
        .WithIdentity(Key.Name) // one, so that hosts that share a schedule set one timer
        .ForJob(Key)
        .UsingJobData(RunId, occurrence.RunId)
        .UsingJobData(Due, occurrence.At.ToString("O", CultureInfo.InvariantCulture))
        .UsingJobData(At, fireAt.ToString("O", CultureInfo.InvariantCulture))
        .StartAt(fireAt)
        .Build();

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var data = context.MergedJobDataMap;
        var occurrence = new Occurrence(TimeIn(data, Due), data.GetString(RunId)!);
        var outcome = await runs.StartAsync(occurrence, firedFor: TimeIn(data, At), cancellationToken);

        var now = time.GetUtcNow();
        var next = schedule.Next(now > occurrence.At ? now : occurrence.At);
        var again = now + Pause;
        if (outcome == ScheduledStart.Later && (next is null || again < next.At))
            await context.Scheduler.ScheduleTrigger(TriggerFor(occurrence, again), TriggerConflict.Replace, cancellationToken);
        else if (next is not null)
            await context.Scheduler.ScheduleTrigger(TriggerFor(next, next.At), TriggerConflict.Replace, cancellationToken);
    }

    private static DateTimeOffset TimeIn(JobDataMap data, string key) => DateTimeOffset.Parse(data.GetString(key)!, CultureInfo.InvariantCulture);
}

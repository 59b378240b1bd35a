using Microsoft.Extensions.Logging;
using Retraining.Configuration;
using Retraining.Operations;
using Retraining.Schedule;

namespace Retraining.Host.Schedule;

/// <summary>
/// Starts what the schedule asks for, once for each occurrence, whoever fires and however often, and tells people what it did not start.
/// </summary>
internal sealed class ScheduledRuns(
    IRunClient runs, ResolveSettings resolve, WeeklySchedule schedule, ScheduleSettings settings, ScheduleMark mark, ScheduleNews news,
    TimeProvider time, ILogger<ScheduledRuns> logger)
{
    // A run that a person started this shortly before the timer has trained on the same data, and a timer that fires this late is none.
    private static readonly TimeSpan SameData = TimeSpan.FromHours(1);

    /// <summary>The newest occurrence that has passed and that nobody has dealt with; null when there is none, or no schedule.</summary>
    public async Task<Occurrence?> DueAsync(CancellationToken cancellationToken)
    {
        if (!settings.Enabled)
            return null;
        var handledUntil = (await mark.ReadAsync(cancellationToken)).HandledUntil;
        return schedule.Last(time.GetUtcNow()) is { } last && last.At > handledUntil ? last : null;
    }

    /// <summary>For a timer that looks now and then: starts what is due, if anything is.</summary>
    public async Task StartDueAsync(CancellationToken cancellationToken)
    {
        if (await DueAsync(cancellationToken) is { } due)
            await StartAsync(due, due.At, cancellationToken);
    }

    /// <summary>Starts a run, and tells of those before it that nobody started.</summary>
    /// <param name="meantFor">When it was meant to start. An hour later it was missed, and is caught up only if that is wanted.</param>
    public async Task<ScheduledStart> StartAsync(Occurrence occurrence, DateTimeOffset meantFor, CancellationToken cancellationToken)
    {
        var missed = time.GetUtcNow() - meantFor > SameData;
        var known = await mark.ReadAsync(cancellationToken);
        known = await TellMissedAsync(known, occurrence, missed, cancellationToken);
        var outcome = missed && !settings.CatchUp ? ScheduledStart.Served : await TryAsync(occurrence, cancellationToken);
        if (outcome != ScheduledStart.Later && occurrence.At > known.HandledUntil)
            await mark.WriteAsync(known with { HandledUntil = occurrence.At }, cancellationToken);
        return outcome;
    }

    /// <summary>Goes on with runs that a stopped process left behind. Returns their ids.</summary>
    public async Task<IReadOnlyList<string>> ResumeInterruptedAsync(string reason, CancellationToken cancellationToken)
    {
        var query = new RunQuery { Statuses = [RunStatus.Running, RunStatus.Pending, RunStatus.Unknown] };
        var resumed = new List<string>();
        foreach (var run in (await runs.ListAsync(query, cancellationToken)).Runs)
        {
            if (run.Status == RunStatus.Unknown)
                await news.UnreadableAsync(run, cancellationToken);
            else if (run.Interrupted && await TakeOverAsync(run.RunId, reason, cancellationToken))
                resumed.Add(run.RunId);
        }

        return resumed;
    }

    private async Task<bool> TakeOverAsync(string runId, string reason, CancellationToken cancellationToken)
    {
        try
        {
            if (await runs.TakeOverAsync(runId, reason, cancellationToken) != ControlResult.Accepted)
                return false;
            await news.WentOnAsync(runId, cancellationToken);
            return true;
        }
        catch (RunInProgressException)
        {
            return false; // one at a time: another process was faster
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            logger.InterruptedRunLeft(error, runId);
            await news.LeftAsync(runId, error, cancellationToken);
            return false;
        }
    }

    private async Task<ScheduleMark.Content> TellMissedAsync(
        ScheduleMark.Content known, Occurrence occurrence, bool andThis, CancellationToken cancellationToken)
    {
        var from = known.HandledUntil > known.ToldUntil ? known.HandledUntil : known.ToldUntil;
        var missed = schedule.Upcoming(from).TakeWhile(other => other.At < occurrence.At).Take(ScheduleNews.MostMissed)
            .Where(other => other.RunId != occurrence.RunId) // another time of the same run
            .Append(occurrence).Where(other => other != occurrence || (andThis && occurrence.At > from))
            .DistinctBy(other => other.RunId).ToList();
        if (missed.Count == 0)
            return known;

        foreach (var one in missed)
            logger.RunMissed(one.RunId, one.At, one == occurrence && settings.CatchUp);
        await news.MissedAsync(missed, caughtUp: andThis && settings.CatchUp, cancellationToken);
        known = known with { ToldUntil = missed[^1].At };
        await mark.WriteAsync(known, cancellationToken);
        return known;
    }

    private async Task<ScheduledStart> TryAsync(Occurrence occurrence, CancellationToken cancellationToken)
    {
        try
        {
            var request = new RetrainingRequest
            {
                Settings = resolve(null),
                StartedBy = "timer",
                CommitSha = Environment.GetEnvironmentVariable("GITHUB_SHA"),
            };
            await runs.StartAsync(request, occurrence.RunId, cancellationToken);
            logger.ScheduledRunStarted(occurrence.RunId, occurrence.At);
            return ScheduledStart.Started;
        }
        catch (RunInProgressException conflict)
        {
            if (conflict.RunId == occurrence.RunId || await HasSameDataAsync(conflict.RunId, occurrence, cancellationToken))
            {
                logger.ScheduledRunServed(occurrence.RunId, conflict.RunId);
                return ScheduledStart.Served;
            }

            logger.ScheduledRunWaits(occurrence.RunId, conflict.RunId);
            return ScheduledStart.Later;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            logger.ScheduledRunFailed(error, occurrence.RunId);
            await news.NotStartedAsync(occurrence.RunId, error, cancellationToken);
            return ScheduledStart.Later;
        }
    }

    private async Task<bool> HasSameDataAsync(string runId, Occurrence occurrence, CancellationToken cancellationToken) =>
        await runs.GetAsync(runId, cancellationToken) is { } other && other.CreatedAt >= occurrence.At - SameData;
}

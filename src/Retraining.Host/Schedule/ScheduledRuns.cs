using Microsoft.Extensions.Logging;
using Retraining.Configuration;
using Retraining.Operations;
using Retraining.Schedule;

namespace Retraining.Host.Schedule;

/// <summary>Starts what the schedule asks for, once for each occurrence, whoever fires and however often.</summary>
internal sealed class ScheduledRuns(
    IRunClient runs, ResolveSettings resolve, WeeklySchedule schedule, ScheduleSettings settings, ScheduleMark mark, Announcer announcer,
    TimeProvider time, ILogger<ScheduledRuns> logger)
{
    // A run that a person started this shortly before the timer has trained on the same data.
    private static readonly TimeSpan SameData = TimeSpan.FromHours(1);

    /// <summary>The newest occurrence that passed while no host was up, if it is to be caught up.</summary>
    public async Task<Occurrence?> MissedAsync(CancellationToken cancellationToken)
    {
        var handledUntil = await mark.ReadAsync(cancellationToken);
        if (schedule.Last(time.GetUtcNow()) is not { } last || last.At <= handledUntil)
            return null;

        logger.RunMissed(last.RunId, last.At, settings.CatchUp);
        await announcer.TellAsync(
            "missed",
            $"Retraining {last.RunId} was missed",
            $"It was due at {last.At:u}, and no host was up. "
            + (settings.CatchUp ? "It is caught up now." : $"It is not caught up (schedule.catch_up). To run it now: retrain run"),
            resolve(null).Notification,
            cancellationToken);
        if (settings.CatchUp)
            return last;
        await mark.WriteAsync(last.At, cancellationToken);
        return null;
    }

    /// <summary>For a timer that looks now and then: starts the newest occurrence that nobody has dealt with yet, if there is one.</summary>
    public async Task StartDueAsync(CancellationToken cancellationToken)
    {
        var handledUntil = await mark.ReadAsync(cancellationToken);
        var now = time.GetUtcNow();
        if (settings.Enabled && schedule.Last(now) is { } last && last.At > handledUntil && (settings.CatchUp || last.At >= now - SameData))
            await StartAsync(last, firedFor: now, cancellationToken);
    }

    /// <param name="firedFor">
    /// When the timer was meant to fire: one that a stored schedule fires much later, because no host was up, is caught up only if that is wanted.
    /// </param>
    public async Task<ScheduledStart> StartAsync(Occurrence occurrence, DateTimeOffset firedFor, CancellationToken cancellationToken)
    {
        var outcome = !settings.CatchUp && time.GetUtcNow() - firedFor > SameData
            ? ScheduledStart.Served
            : await TryAsync(occurrence, cancellationToken);
        if (outcome != ScheduledStart.Later)
            await mark.WriteAsync(occurrence.At, cancellationToken);
        return outcome;
    }

    /// <summary>Goes on with runs that a stopped process left behind. Returns their ids.</summary>
    public async Task<IReadOnlyList<string>> ResumeInterruptedAsync(string reason, CancellationToken cancellationToken)
    {
        var page = await runs.ListAsync(new RunQuery { Statuses = [RunStatus.Running, RunStatus.Pending] }, cancellationToken);
        var resumed = new List<string>();
        foreach (var run in page.Runs.Where(run => run.Interrupted))
        {
            try
            {
                if (await runs.TakeOverAsync(run.RunId, reason, cancellationToken) == ControlResult.Accepted)
                    resumed.Add(run.RunId);
            }
            catch (RunInProgressException)
            {
                break; // one at a time: another process was faster
            }
        }

        return resumed;
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
            return ScheduledStart.Later;
        }
    }

    private async Task<bool> HasSameDataAsync(string runId, Occurrence occurrence, CancellationToken cancellationToken) =>
        await runs.GetAsync(runId, cancellationToken) is { } other && other.CreatedAt >= occurrence.At - SameData;
}

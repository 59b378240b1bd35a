using System.Collections.Concurrent;
using System.Text;
using Microsoft.Extensions.Logging;
using Retraining.Artifacts;
using Retraining.Configuration;
using Retraining.Operations;
using Retraining.Schedule;

namespace Retraining.Host.Schedule;

/// <summary>
/// Tells people what no run can tell: that one was missed, could not start, or cannot go on. The last two once for each run, which the
/// work store remembers for all hosts; where it does not answer, once a process.
/// </summary>
internal sealed class ScheduleNews(
    Announcer announcer, ResolveSettings resolve, IArtifactStore store, TimeProvider time, ILogger<ScheduleNews> logger)
{
    /// <summary>Most runs that are told as missed at once.</summary>
    public const int MostMissed = 1000;

    // What lies there for longer has been told, and waits to be purged.
    private static readonly TimeSpan Recent = TimeSpan.FromDays(14);
    private const string Left = "left";
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);

    /// <param name="missed">At least one, oldest first.</param>
    /// <param name="caughtUp">The newest is started now.</param>
    public Task MissedAsync(IReadOnlyList<Occurrence> missed, bool caughtUp, CancellationToken cancellationToken)
    {
        var newest = missed[^1];
        var text = new StringBuilder();
        foreach (var one in missed)
            text.Append($"{one.RunId} was due at {one.At:u}, and no host was up to start it, or another run was in progress.\n");
        text.Append(caughtUp ? $"{newest.RunId} is caught up now." : "It is not caught up (schedule.catch_up). To run it now: retrain run");
        var others = missed.Count == 1 ? "" : $", and {missed.Count - 1} before it";
        return TellAsync("missed", $"Retraining {newest.RunId} was missed{others}", text.ToString(), cancellationToken);
    }

    public Task NotStartedAsync(string runId, Exception error, CancellationToken cancellationToken) => TellOnceAsync(
        runId,
        "start",
        $"Retraining {runId} could not start",
        $"{Sentence(error)}\nIt is tried again every minute, until the next one is due.",
        cancellationToken);

    public Task LeftAsync(string runId, Exception error, CancellationToken cancellationToken) => TellOnceAsync(
        runId,
        Left,
        $"Retraining {runId} cannot go on",
        $"{Sentence(error)}\nIt was interrupted, and goes on after the cause is gone: retrain resume {runId}",
        cancellationToken);

    public Task UnreadableAsync(RunBrief run, CancellationToken cancellationToken) =>
        time.GetUtcNow() - run.CreatedAt > Recent ? Task.CompletedTask : TellOnceAsync(
            run.RunId,
            "unreadable",
            $"Retraining {run.RunId} cannot be read",
            $"{run.Error}\nWithout a backup: retrain purge {run.RunId}. To train again: retrain run",
            cancellationToken);

    /// <summary>The run goes on: should it be left again, that is news.</summary>
    public Task WentOnAsync(string runId, CancellationToken cancellationToken)
    {
        _told.TryRemove(PathOf(runId, Left), out _);
        return RememberedAsync(() => store.DeleteAsync(PathOf(runId, Left), cancellationToken), cancellationToken);
    }

    private async Task TellOnceAsync(string runId, string what, string subject, string text, CancellationToken cancellationToken)
    {
        var path = PathOf(runId, what);
        if (!_told.TryAdd(path, true))
            return;
        var before = false;
        await RememberedAsync(async () => before = await store.ExistsAsync(path, cancellationToken), cancellationToken);
        if (before)
            return;
        await TellAsync("failed", subject, text, cancellationToken); // first: told twice after a crash is better than never
        await RememberedAsync(
            () => store.WriteAsync(path, (stream, token) => stream.WriteAsync(Encoding.UTF8.GetBytes(subject), token).AsTask(), WriteOptions.Private, cancellationToken),
            cancellationToken);
    }

    /// <summary>Among the run's files, so that it is forgotten when the run is purged.</summary>
    private static string PathOf(string runId, string what) => $"runs/{runId}/told/{what}.txt";

    private async Task RememberedAsync(Func<Task> ask, CancellationToken cancellationToken)
    {
        try
        {
            await ask();
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            logger.NewsNotRemembered(error);
        }
    }

    private Task<Notification> TellAsync(string outcome, string subject, string text, CancellationToken cancellationToken) =>
        announcer.TellAsync(outcome, subject, text, resolve(null).Notification, cancellationToken);

    private static string Sentence(Exception error) => $"{error.GetType().Name}: {error.Message}";
}

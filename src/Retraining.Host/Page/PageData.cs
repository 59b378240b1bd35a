using Microsoft.Extensions.Logging;
using Retraining.Host.Models;
using Retraining.Journal;
using Retraining.Operations;
using Retraining.Schedule;
using Retraining.Serving;

namespace Retraining.Host.Page;

/// <summary>What the pages show. Asked by every open browser each second, so what is dear is kept for a moment.</summary>
internal sealed class PageData(
    IRunClient runs, ModelLedger models, TrainingCurves curves, DataReports reports, WeeklySchedule schedule, ScheduleSettings settings, TimeProvider time,
    ILogger<PageData> logger)
{
    private const int RecentRuns = 10;
    private readonly Kept<IReadOnlyList<RunBrief>> _recent = new(TimeSpan.FromMilliseconds(900), time);
    private readonly Kept<IReadOnlyList<ModelVersion>?> _versions = new(TimeSpan.FromSeconds(5), time);

    private volatile RunState? _ended;

    public DateTimeOffset Now => time.GetUtcNow();

    public Occurrence? NextRun => settings.Enabled ? schedule.Next(Now) : null;

    public Task<IReadOnlyList<RunBrief>> RecentAsync(CancellationToken cancellationToken) =>
        _recent.GetAsync(async () => (await runs.ListAsync(new RunQuery { Top = RecentRuns }, cancellationToken)).Runs);

    /// <summary>Null when the ledger cannot be read: the pages still tell the runs.</summary>
    public Task<IReadOnlyList<ModelVersion>?> VersionsAsync(CancellationToken cancellationToken) =>
        _versions.GetAsync(async () =>
        {
            try
            {
                return await models.ListAsync(cancellationToken);
            }
            catch (Exception error) when (!cancellationToken.IsCancellationRequested)
            {
                logger.LedgerUnread(error);
                return null;
            }
        });

    public Task<RunState?> RunAsync(string id, CancellationToken cancellationToken) => runs.GetAsync(id, cancellationToken);

    /// <summary>A run that has ended, read once: what is kept is that of the newest. Null when it cannot be read.</summary>
    public async Task<RunState?> EndedAsync(RunBrief run, CancellationToken cancellationToken)
    {
        if (_ended is { } kept && kept.RunId == run.RunId && kept.UpdatedAt == run.UpdatedAt)
            return kept;
        try
        {
            return _ended = await RunAsync(run.RunId, cancellationToken);
        }
        catch (JournalUnreadableException)
        {
            return null;
        }
    }

    public Task<RunPage> PageAsync(RunQuery query, CancellationToken cancellationToken) => runs.ListAsync(query, cancellationToken);

    /// <summary>The curve of a run's training; empty before its second epoch.</summary>
    public async Task<Html> ChartAsync(RunState run, CancellationToken cancellationToken)
    {
        var settings = run.Request.Settings;
        var trains = run.Stages.Any(stage => Stages.IsTraining(stage.Name) && stage.Status == StageStatus.Running);
        var points = await curves.OfAsync(run, cancellationToken);
        return CurveChart.Draw(points, settings.Gate.Metric, trains ? settings.Training.Epochs : null);
    }

    /// <summary>What a run was trained on; empty until its source has been synced.</summary>
    public Task<Html> DataAsync(RunState run, CancellationToken cancellationToken) => reports.OfAsync(run, cancellationToken);

    public void Forget()
    {
        _recent.Forget();
        _versions.Forget();
    }

    // Two browsers may both read at the edge of the span; that costs one read more and nothing else.
    private sealed class Kept<T>(TimeSpan span, TimeProvider time)
    {
        private volatile Tuple<long, T>? _kept;

        public async Task<T> GetAsync(Func<Task<T>> read)
        {
            if (_kept is { } kept && time.GetElapsedTime(kept.Item1) <= span)
                return kept.Item2;
            var value = await read();
            _kept = Tuple.Create(time.GetTimestamp(), value);
            return value;
        }

        public void Forget() => _kept = null;
    }
}

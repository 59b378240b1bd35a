using System.Diagnostics;
using Retraining.Operations;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>A span for each epoch, from the end of the one before, and what it came to as metrics.</summary>
/// <param name="metric">Name of the validation metric.</param>
internal sealed class EpochTelemetry(string runId, string metric, TimeProvider time)
{
    private DateTimeOffset _started = time.GetUtcNow();

    /// <param name="isRefit">On all data: nothing is held out, so whatever the epoch says of a metric is made up.</param>
    public void Ended(EpochReport epoch, bool isRefit)
    {
        var ended = time.GetUtcNow();
        (string phase, double? measured) = isRefit ? ("refit", null) : ("search", epoch.Metric);
        RunTelemetry.MeasureEpoch(phase, epoch.Loss, metric, measured);
        using var span = RunTelemetry.Activities.StartActivity("epoch", ActivityKind.Internal, default(ActivityContext), startTime: _started);
        span?.SetTag(RunScope.RunId, runId).SetTag("retrain.phase", phase)
            .SetTag("retrain.epoch", epoch.Epoch).SetTag("retrain.loss", epoch.Loss);
        if (measured is { } value)
            span?.SetTag("retrain.metric", metric).SetTag("retrain.validation", value);
        span?.SetEndTime(ended.UtcDateTime);
        _started = ended;
    }
}

using System.Diagnostics;
using Retraining.Operations;
using TwoTower.Training;

namespace Retraining.Training;

/// <summary>A span for each epoch, from the end of the one before.</summary>
internal sealed class EpochTelemetry(string metric, TimeProvider time)
{
    private DateTimeOffset _started = time.GetUtcNow();

    public void Ended(EpochReport epoch)
    {
        var ended = time.GetUtcNow();
        RunTelemetry.MeasureEpoch(epoch.Loss);
        using var span = RunTelemetry.Activities.StartActivity("epoch", ActivityKind.Internal, default(ActivityContext), startTime: _started);
        span?.SetTag("retrain.epoch", epoch.Epoch).SetTag("retrain.loss", epoch.Loss).SetTag($"retrain.{metric}", epoch.Metric).SetEndTime(ended.UtcDateTime);
        _started = ended;
    }
}

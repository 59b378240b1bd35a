using Retraining.Execution;

namespace Retraining.Training;

/// <summary>Passes on the first of many progress events, and then one every few seconds.</summary>
internal sealed class ProgressPace(Action<StageProgress> receiver, TimeProvider time)
{
    /// <summary>Least time between two events.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private long? _last;

    public void Report(StageProgress progress)
    {
        if (_last is { } last && time.GetElapsedTime(last) < Interval)
            return;
        _last = time.GetTimestamp();
        receiver(progress);
    }
}

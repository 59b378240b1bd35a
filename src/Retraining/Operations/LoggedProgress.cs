using Microsoft.Extensions.Logging;
using Retraining.Execution;

namespace Retraining.Operations;

/// <summary>Passes progress on, and logs it now and then: a training that is watched by its log alone is seen to move.</summary>
public sealed class LoggedProgress(IProgress<StageProgress> next, TimeProvider time, ILogger logger) : IProgress<StageProgress>
{
    /// <summary>Longer than most stages take, and short beside an epoch that takes minutes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long? _logged;

    public void Report(StageProgress value)
    {
        next.Report(value);
        lock (_gate)
        {
            if (_logged is { } at && time.GetElapsedTime(at) < Interval)
                return;
            _logged = time.GetTimestamp();
        }

        logger.StageProgressed(value.Told());
    }
}

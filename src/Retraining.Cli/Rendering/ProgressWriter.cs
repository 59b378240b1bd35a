using Retraining.Execution;

namespace Retraining.Cli.Rendering;

/// <summary>Progress as lines, at most one every few seconds.</summary>
internal sealed class ProgressWriter(TextWriter writer, TimeProvider time) : IProgress<StageProgress>
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private readonly Lock _gate = new();
    private long? _last;

    public void Report(StageProgress value)
    {
        lock (_gate)
        {
            if (_last is { } last && time.GetElapsedTime(last) < Interval)
                return;
            _last = time.GetTimestamp();
            writer.WriteLine(value.Told());
        }
    }
}

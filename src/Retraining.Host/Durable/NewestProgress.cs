using Retraining.Execution;

namespace Retraining.Host.Durable;

/// <summary>Keeps the newest progress until somebody takes it.</summary>
internal sealed class NewestProgress : IProgress<StageProgress>
{
    private StageProgress? _newest;

    public void Report(StageProgress value) => Volatile.Write(ref _newest, value);

    public StageProgress? Take() => Interlocked.Exchange(ref _newest, null);
}

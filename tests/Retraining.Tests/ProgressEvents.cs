using Retraining.Execution;

namespace Retraining.Tests;

/// <summary>Keeps every progress event, on the thread that reports it.</summary>
/// <param name="also">Told of each event, too.</param>
internal sealed class ProgressEvents(Action<StageProgress>? also = null) : IProgress<StageProgress>
{
    public List<StageProgress> All { get; } = [];

    public IEnumerable<string> Messages => All.Select(progress => progress.Message);

    public void Report(StageProgress value)
    {
        All.Add(value);
        also?.Invoke(value);
    }
}

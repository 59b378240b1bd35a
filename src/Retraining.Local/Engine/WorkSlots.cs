using Retraining.Execution;

namespace Retraining.Local.Engine;

/// <summary>How many stages of a kind run at once.</summary>
internal sealed class WorkSlots(EngineSettings settings) : IDisposable
{
    private readonly Dictionary<WorkKind, SemaphoreSlim> _slots = new()
    {
        [WorkKind.Transfer] = new(settings.Transfers),
        [WorkKind.Compute] = new(settings.Computes),
        [WorkKind.Training] = new(settings.Trainings),
    };

    public async Task<IDisposable> EnterAsync(WorkKind work, CancellationToken cancellationToken)
    {
        await _slots[work].WaitAsync(cancellationToken);
        return new Slot(_slots[work]);
    }

    public void Dispose()
    {
        foreach (var slot in _slots.Values)
            slot.Dispose();
    }

    private sealed class Slot(SemaphoreSlim semaphore) : IDisposable
    {
        public void Dispose() => semaphore.Release();
    }
}

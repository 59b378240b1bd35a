namespace Retraining.Local.Engine;

/// <summary>Closed while a run is suspended: stages that would start wait.</summary>
internal sealed class SuspendGate
{
    private readonly Lock _gate = new();
    private TaskCompletionSource? _closed;

    public bool IsClosed
    {
        get
        {
            lock (_gate)
                return _closed is not null;
        }
    }

    public void Close()
    {
        lock (_gate)
            _closed ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    public void Open()
    {
        lock (_gate)
        {
            _closed?.SetResult();
            _closed = null;
        }
    }

    public Task WaitAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
            return _closed?.Task.WaitAsync(cancellationToken) ?? Task.CompletedTask;
    }
}

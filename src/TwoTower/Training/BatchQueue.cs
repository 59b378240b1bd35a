namespace TwoTower.Training;

/// <summary>Fetches each step's batch from the source; with a second thread to spare, the next one while the current one is trained on.</summary>
internal sealed class BatchQueue(IExampleSource source, bool readsAhead) : IDisposable
{
    private TrainingBatch _spare = new(source.UserColumns);
    private Task? _ahead;
    private (int Epoch, int Step) _aheadOf;

    /// <summary>The batch of the last fetch; valid until the next one.</summary>
    public TrainingBatch Current { get; private set; } = new(source.UserColumns);

    public TrainingBatch Fetch(int epoch, int step)
    {
        var isReady = _ahead is not null && _aheadOf == (epoch, step);
        _ahead?.GetAwaiter().GetResult();
        _ahead = null;
        if (isReady)
            (Current, _spare) = (_spare, Current);
        else
            Fill(Current, epoch, step);
        if (readsAhead)
        {
            var next = step + 1 < source.StepsPerEpoch ? (epoch, step + 1) : (epoch + 1, 0);
            var target = _spare;
            (_aheadOf, _ahead) = (next, Task.Run(() => Fill(target, next.Item1, next.Item2)));
        }

        return Current;
    }

    public void Dispose() => ((IAsyncResult?)_ahead)?.AsyncWaitHandle.WaitOne();

    private void Fill(TrainingBatch batch, int epoch, int step)
    {
        batch.Clear();
        source.Fill(epoch, step, batch);
    }
}

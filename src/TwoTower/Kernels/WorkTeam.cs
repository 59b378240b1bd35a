namespace TwoTower.Kernels;

/// <summary>Threads that share the blocks of one job after another. Blocks are claimed one by one, so a slow thread delays only its own block.</summary>
/// <remarks>A job must give the same result whichever thread runs which block: blocks write to separate places and never add up across blocks.</remarks>
internal sealed class WorkTeam : IDisposable
{
    private const int SpinsBeforeSleep = 20;
    private readonly Thread[] _threads;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _done = new(0);
    private Action<int, int>? _job;
    private Exception? _failure;
    private int _blocks;
    private int _sleeping;
    private int _callerSleeps;
    private volatile int _finished;
    private volatile bool _stopped;

    // Generation of the job in the upper half, blocks left to claim in the lower: one compare-exchange claims a block of the right job.
    private long _claims;

    /// <param name="threads">Including the calling one; 0 takes all cores.</param>
    public WorkTeam(int threads)
    {
        Size = threads > 0 ? threads : Environment.ProcessorCount;
        _threads = new Thread[Size - 1];
        for (var t = 0; t < _threads.Length; t++)
        {
            var worker = t + 1;
            _threads[t] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"two-tower {worker}" };
            _threads[t].Start();
        }
    }

    /// <summary>Threads, including the calling one. A job sees worker numbers in [0, Size).</summary>
    public int Size { get; }

    /// <summary>Runs job(block, worker) for every block in [0, blocks) and returns when all are done. Not to be called from within a job.</summary>
    public void Run(int blocks, Action<int, int> job)
    {
        if (Size == 1 || blocks == 1)
        {
            for (var block = 0; block < blocks; block++)
                job(block, 0);
            return;
        }

        if (blocks == 0)
            return;
        (_job, _blocks, _finished, _failure) = (job, blocks, 0, null);
        var generation = (Volatile.Read(ref _claims) >> 32) + 1;
        Interlocked.Exchange(ref _claims, (generation << 32) | (uint)blocks);
        var sleeping = Volatile.Read(ref _sleeping);
        if (sleeping > 0)
            _wake.Release(sleeping);

        while (TryRunBlock(0))
        {
        }

        AwaitOthers(blocks);
        if (_failure is { } failure)
            throw new InvalidOperationException($"a block of work failed: {failure.Message}", failure);
    }

    public void Dispose()
    {
        _stopped = true;
        _wake.Release(Size);
        foreach (var thread in _threads)
            thread.Join();
        _wake.Dispose();
        _done.Dispose();
    }

    private void AwaitOthers(int blocks)
    {
        for (var spins = 0; _finished < blocks; spins++)
        {
            if (spins < SpinsBeforeSleep)
            {
                Thread.SpinWait(20);
                continue;
            }

            Interlocked.Exchange(ref _callerSleeps, 1);
            if (_finished < blocks || Interlocked.Exchange(ref _callerSleeps, 0) == 0)
                _done.Wait();
        }
    }

    private void Work(int worker)
    {
        while (!_stopped)
        {
            var spins = 0;
            while ((int)Volatile.Read(ref _claims) == 0 && spins++ < SpinsBeforeSleep)
                Thread.SpinWait(20);

            if ((int)Volatile.Read(ref _claims) == 0)
            {
                Interlocked.Increment(ref _sleeping);
                if ((int)Volatile.Read(ref _claims) == 0 && !_stopped)
                    _wake.Wait();
                Interlocked.Decrement(ref _sleeping);
            }

            while (TryRunBlock(worker))
            {
            }
        }
    }

    private bool TryRunBlock(int worker)
    {
        long seen;
        do
        {
            seen = Volatile.Read(ref _claims);
            if ((int)seen == 0)
                return false;
        }
        while (Interlocked.CompareExchange(ref _claims, seen - 1, seen) != seen);

        try
        {
            _job!(_blocks - (int)seen, worker);
        }
        catch (Exception error)
        {
            Interlocked.CompareExchange(ref _failure, error, null);
        }

        if (Interlocked.Increment(ref _finished) == _blocks && Interlocked.Exchange(ref _callerSleeps, 0) == 1)
            _done.Release();
        return true;
    }
}

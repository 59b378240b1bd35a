namespace TwoTower.Training;

/// <summary>Time spent in optimiser steps.</summary>
internal sealed class TrainingClock(TimeProvider time)
{
    private TimeSpan _elapsed;
    private long _examples;
    private long _steps;

    public double ExamplesPerSecond => _elapsed > TimeSpan.Zero ? _examples / _elapsed.TotalSeconds : 0;

    public void Add(long started, int examples)
    {
        _elapsed += time.GetElapsedTime(started);
        (_examples, _steps) = (_examples + examples, _steps + 1);
    }

    /// <summary>What so many more steps take at the speed so far.</summary>
    public TimeSpan TimeFor(long steps) => _steps == 0 ? TimeSpan.Zero : _elapsed / _steps * steps;
}

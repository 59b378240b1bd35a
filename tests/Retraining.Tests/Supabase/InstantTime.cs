namespace Retraining.Tests.Supabase;

/// <summary>A clock whose timers fire at once and are written down: waits take no time, but the clock has moved on.</summary>
internal sealed class InstantTime : TimeProvider
{
    public static readonly DateTimeOffset Now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What was waited for, in order.</summary>
    public List<TimeSpan> Waits { get; } = [];

    public override DateTimeOffset GetUtcNow()
    {
        lock (Waits)
            return Now + TimeSpan.FromTicks(Waits.Sum(wait => wait.Ticks));
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (Waits) // several tables may be waited for at once
            Waits.Add(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}

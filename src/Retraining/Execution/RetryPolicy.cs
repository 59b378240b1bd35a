namespace Retraining.Execution;

/// <summary>How often a stage is tried again after a transient fault. <see cref="PermanentStageException"/> is never retried.</summary>
/// <param name="MaxAttempts">At least 1, the first included.</param>
/// <param name="FirstDelay">Before the second attempt; doubles each time, with jitter.</param>
/// <param name="MaxDelay">Upper bound of the delay.</param>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan FirstDelay, TimeSpan MaxDelay)
{
    public static readonly RetryPolicy None = new(1, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>For databases and object stores: five attempts over about a minute.</summary>
    public static readonly RetryPolicy Transfer = new(5, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));
}

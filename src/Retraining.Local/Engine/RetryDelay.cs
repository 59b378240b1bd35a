using System.Text;
using Retraining.Execution;
using Retraining.Local.Journal;

namespace Retraining.Local.Engine;

/// <summary>How long to wait before the next attempt: doubling, bounded, and spread over its upper half so that many do not come back at once.</summary>
internal static class RetryDelay
{
    /// <param name="policy">First delay and bound.</param>
    /// <param name="failedAttempts">At least 1.</param>
    /// <param name="seed">Decides the jitter: the same run waits the same time for the same attempt.</param>
    public static TimeSpan After(RetryPolicy policy, int failedAttempts, string seed)
    {
        var exponential = policy.FirstDelay.TotalMilliseconds * Math.Pow(2, Math.Min(failedAttempts - 1, 30));
        var bounded = Math.Min(exponential, policy.MaxDelay.TotalMilliseconds);
        var share = JournalFrame.Crc32C(Encoding.UTF8.GetBytes($"{seed}#{failedAttempts}")) / (double)uint.MaxValue;
        return TimeSpan.FromMilliseconds(bounded * (0.5 + (0.5 * share)));
    }
}

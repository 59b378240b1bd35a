namespace Retraining.Tests;

/// <summary>How tests find that a cancelled operation ends.</summary>
internal static class Stopping
{
    /// <summary>Promised are two seconds; the rest is for a busy machine. Work that goes on takes minutes here.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    /// <summary>Fails unless the operation ends, as cancelled, within <see cref="Limit"/> of <paramref name="cancelled"/>.</summary>
    public static async Task AssertEndsAsync(Task operation, CancellationToken cancelled)
    {
        var stop = new TaskCompletionSource();
        await using (cancelled.Register(stop.SetResult))
            await stop.Task.WaitAsync(Limit * 4, CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => operation.WaitAsync(Limit, CancellationToken.None));
    }
}

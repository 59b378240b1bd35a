using Retraining.Execution;
using Retraining.Local.Engine;

namespace Retraining.Tests.Local.Engine;

public sealed class RetryDelayTests
{
    private static readonly RetryPolicy Policy = new(10, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30));

    // Doubling from 2 s, at most 30 s; jitter takes up to half of it away.
    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 2, 4)]
    [InlineData(3, 4, 8)]
    [InlineData(4, 8, 16)]
    [InlineData(5, 15, 30)]
    [InlineData(60, 15, 30)]
    public void After_FailedAttempts_DoublesUpToTheBound(int failed, double least, double most)
    {
        for (var run = 0; run < 100; run++)
            Assert.InRange(RetryDelay.After(Policy, failed, $"run {run}").TotalSeconds, least, most);
    }

    [Fact]
    public void After_DifferentRuns_AreSpread()
    {
        var delays = Enumerable.Range(0, 100).Select(run => RetryDelay.After(Policy, 1, $"run {run}")).Distinct().Count();

        Assert.InRange(delays, 95, 100);
    }

    [Fact]
    public void After_SameRunAndAttempt_IsTheSame() =>
        Assert.Equal(RetryDelay.After(Policy, 2, "run"), RetryDelay.After(Policy, 2, "run"));
}

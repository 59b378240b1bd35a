using TwoTower.Kernels;

namespace TwoTower.Tests.Kernels;

public sealed class WorkTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyJobs_RunsEveryBlockOnce(int threads)
    {
        using var team = new WorkTeam(threads);
        for (var round = 0; round < 500; round++)
        {
            var runs = new int[round % 37];
            team.Run(runs.Length, (block, worker) =>
            {
                Assert.InRange(worker, 0, threads - 1);
                Interlocked.Increment(ref runs[block]);
            });
            Assert.All(runs, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Run_BlockThrows_ReachesTheCallerAndTheTeamGoesOn()
    {
        using var team = new WorkTeam(3);
        var error = Assert.Throws<InvalidOperationException>(() => team.Run(50, (block, _) =>
        {
            if (block == 31)
                throw new FormatException("odd block");
        }));
        Assert.Contains("odd block", error.Message, StringComparison.Ordinal);

        var runs = 0;
        team.Run(10, (_, _) => Interlocked.Increment(ref runs));
        Assert.Equal(10, runs);
    }
}

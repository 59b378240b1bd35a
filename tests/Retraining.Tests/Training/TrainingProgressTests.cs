using Retraining.Tests.Export;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class TrainingProgressTests
{
    private static readonly TrainingSettings Settings = new()
    {
        EmbeddingDim = 16,
        HiddenDim = 24,
        Epochs = 2,
        BatchUsers = 16,
        Threads = 1,
        FactorTrials = false,
    };

    [Fact]
    public async Task RunAsync_TimePasses_ReportsEachSweepAndStepWithItsNumbers()
    {
        var events = await RunAsync(new SteppingTime(ProgressPace.Interval));

        Assert.Equal("reading the data", events.Messages.First());
        Assert.Equal(
            Enumerable.Range(0, 13).Select(sweep => $"factors, trial 1, sweep {sweep} of 12"),
            events.Messages.Where(message => message.Contains("sweep", StringComparison.Ordinal)).Take(13));
        Assert.Contains("factors, trial 1, fitting the videos, iteration 1", events.Messages);
        Assert.Contains("factors, trial 1, fitting the users, iteration 1", events.Messages);
        var steps = events.All.Where(progress => progress.Values.ContainsKey("loss")).ToArray();
        Assert.True(steps.Length > 6, $"{steps.Length} events of epochs, expected some within each");
        Assert.All(steps, progress =>
        {
            Assert.InRange(progress.Values["loss"], 0.1, 20);
            Assert.InRange(progress.Values["examples_per_second"], 0.01, 1e3);
            Assert.InRange(progress.Values["remaining_seconds"], 0, 1e6);
            Assert.InRange(progress.Fraction!.Value, 0, 1);
        });
        Assert.True(steps[0].Values["remaining_seconds"] > steps[^1].Values["remaining_seconds"]);
    }

    [Fact]
    public async Task RunAsync_TimeStandsStill_ReportsTheFirstSweepAndEachEpochOnly()
    {
        var events = await RunAsync(new SteppingTime(TimeSpan.Zero));

        string[] search = ["reading the data", "factors, trial 1, sweep 0 of 12", "epoch 1 of 2", "epoch 2 of 2"];
        Assert.Equal(search, events.Messages.Take(4));
        Assert.All(
            events.Messages.Skip(4), message => Assert.Matches("^(factors, trial 1, sweep 0 of 12|refit, epoch [12] of 2)$", message));
        Assert.All(events.All.Skip(2).Take(2), progress => Assert.InRange(progress.Values["recall@10"], 0, 1));
    }

    private static async Task<ProgressEvents> RunAsync(TimeProvider time)
    {
        var run = await TrainedRun.CreateAsync();
        var events = new ProgressEvents();
        await new TrainTowers(run.Work, _ => run.Published, time).RunAsync(
            new(run.Data, Settings, "recall@10", new()), run.Context with { Progress = events }, CancellationToken.None);
        return events;
    }
}

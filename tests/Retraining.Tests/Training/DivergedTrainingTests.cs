using Retraining.Execution;
using Retraining.Tests.Cli;
using Retraining.Tests.Export;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class DivergedTrainingTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Fact]
    public async Task RunAsync_WeightsExplode_NamesEpochStepAndUsers()
    {
        // every step multiplies the weights by -99
        var run = await TrainedRun.CreateAsync();
        var settings = new TrainingSettings
        {
            EmbeddingDim = 16,
            HiddenDim = 24,
            BatchUsers = 32,
            Start = "random",
            LearningRate = 10,
            WeightDecay = 10,
            WarmUpSteps = 0,
            Threads = 1,
        };

        var training = new TrainTowers(run.Work, _ => run.Published, TimeProvider.System);
        var error = await Assert.ThrowsAsync<PermanentStageException>(
            () => training.RunAsync(new(run.Data, settings, "recall@10", new()), run.Context, CancellationToken.None));

        const string Expected =
            @"^training: epoch \d+, step \d+ of \d+, batch of the users \S+, \S+, \S+ and 29 more: weights of norm .+, more than 100 times";
        Assert.Matches(Expected, error.Message);
    }

    [Fact]
    public async Task Run_WeightsExplode_EndsFailedAndStatusSaysWhy()
    {
        var sample = await _cli.SampleAsync();

        var run = await _cli.RunAsync(
            "run", "--data", sample, "--run-id", "weekly", "--set", "training.start=random", "--set", "training.learning_rate=10",
            "--set", "training.weight_decay=10");

        Assert.Equal(1, run.Code);
        Assert.Matches(@"failed[\s\S]+training: epoch \d+, step \d+ of \d+, batch of the users", run.Out);
        Assert.Contains("weights of norm", (await _cli.RunAsync("status", "weekly")).Out, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_cli.PathOf("model-artifacts")));
    }
}

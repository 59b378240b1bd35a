using Retraining.Tests.Cli;
using Retraining.Tests.Durability;
using Retraining.Tests.Export;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class CancelledTrainingTests : IDisposable
{
    private readonly CliFixture _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("factors, trial 1, sweep 3 of 12")]
    [InlineData("factors, trial 1, fitting the videos, iteration 2")]
    [InlineData("factors, trial 1, fitting the users, iteration 2")]
    [InlineData("factors, trial 2, sweep 0 of 12")]
    [InlineData("epoch 2 of 3")]
    [InlineData("refit, epoch 1 of 3")]
    public async Task RunAsync_CancelledAnywhere_DoesNothingMore(string at)
    {
        var run = await TrainedRun.CreateAsync();
        var settings = new TrainingSettings
        {
            EmbeddingDim = 16,
            HiddenDim = 24,
            Epochs = 3,
            BatchUsers = 16,
            Threads = 1,
            Start = at.Contains("epoch", StringComparison.Ordinal) ? "random" : "factors",
        };
        using var stop = new CancellationTokenSource();
        string[] files = [];
        var events = new ProgressEvents(progress =>
        {
            if (progress.Message != at || stop.IsCancellationRequested)
                return;
            files = [.. run.Work.Files.Keys];
            stop.Cancel();
        });

        var training = new TrainTowers(run.Work, _ => run.Published, new SteppingTime(ProgressPace.Interval));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => training.RunAsync(new(run.Data, settings, "recall@10", new()), run.Context with { Progress = events }, stop.Token));

        Assert.Equal(at, events.Messages.Last());
        Assert.Equal(files, run.Work.Files.Keys);
    }

    [Theory]
    [InlineData("trial")]
    [InlineData("loss")]
    public async Task Cancel_RunOfAnotherProcess_EndsIt(string working)
    {
        var variables = _cli.Variables.ToDictionary(variable => variable.Key, variable => variable.Value!);
        variables["TwoTower__Training__FactorSweeps"] = working == "trial" ? "1000" : "2"; // minutes of factors, or of epochs
        variables["TwoTower__Training__FactorTrials"] = working == "trial" ? "true" : "false";
        variables["TwoTower__Training__Epochs"] = variables["TwoTower__Training__Patience"] = "10000";
        using var running = RetrainProcess.Start(variables, "run", "--data", await SampleAsync(), "--run-id", "weekly");
        await UntilAsync(status => status.Contains($"\"{working}\":", StringComparison.Ordinal), running);

        var cancel = await _cli.RunAsync("cancel", "weekly", "--reason", "enough");
        using var limit = new CancellationTokenSource(Stopping.Limit);
        var code = await running.WaitAsync(limit.Token);

        Assert.Equal(0, cancel.Code);
        Assert.True(code == 130, running.Text);
        Assert.Contains("\"terminated\"", (await _cli.RunAsync("status", "weekly", "--json")).Out, StringComparison.OrdinalIgnoreCase);
    }

    private async Task<string> SampleAsync()
    {
        var folder = _cli.PathOf("larger");
        var sample = await _cli.RunAsync("sample", "--output-dir", folder, "--users", "1000", "--videos", "1000", "--decisions", "40000");
        Assert.Equal(0, sample.Code);
        return folder;
    }

    private async Task UntilAsync(Func<string, bool> condition, RetrainProcess running)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (!condition((await _cli.RunAsync(limit.Token, "status", "weekly", "--json")).Out))
        {
            Assert.False(running.HasExited, running.Text);
            limit.Token.ThrowIfCancellationRequested();
        }
    }
}

using System.Text.Json;
using Retraining.Execution;
using Retraining.Tests.Export;
using Retraining.Training;
using TwoTower.Safetensors;

namespace Retraining.Tests.Training;

/// <summary>What goes before the first epoch is done once, however often the training is interrupted.</summary>
public sealed class StartCheckpointTests
{
    private const string Trials = "runs/r1/training/start.safetensors";

    // so small an unobserved weight that some other is better, and a second round is tried
    private static readonly TrainingSettings Settings = new()
    {
        EmbeddingDim = 16,
        HiddenDim = 24,
        Epochs = 2,
        BatchUsers = 32,
        FactorSweeps = 3,
        FactorUnobservedWeight = 0.0001,
        Threads = 1,
    };

    [Fact]
    public async Task RunAsync_InSlices_EachDoesOnePieceAndAllEndInTheSameBytes()
    {
        var whole = await TrainAsync(await TrainedRun.CreateAsync(), Settings);

        var run = await TrainedRun.CreateAsync();
        var slices = await SlicesAsync(run, Settings with { SliceMinutes = 1e-9 });
        var sliced = await TrainAsync(run, Settings);

        var trials = await TrialsAsync(run);
        Assert.True(trials.Length > 4, $"{trials.Length} trials, expected a second round");
        var refitEpochs = run.Work.Text(sliced.Log.Path).Split("refit_epoch").Length - 1;
        var pieces = ((trials.Length + 1) * (Settings.FactorSweeps + 1)) + sliced.Epochs + refitEpochs;
        Assert.Equal(pieces + 1, slices); // a piece each, and one that finds nothing left
        Assert.Equal(whole.Weights.Sha256, sliced.Weights.Sha256);
        Assert.Equal(whole.Log.Sha256, sliced.Log.Sha256);
        Assert.DoesNotContain(run.Work.Files.Keys, path => path.EndsWith("_factors.safetensors", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("training/start.safetensors", "factors, trial 2, sweep 0 of 3")] // after the first trial
    [InlineData("training/checkpoint.bin", "epoch 2 of 2")] // after the first epoch
    [InlineData("training/refit_start.safetensors", null)] // the start stays, so the refit has no epochs
    public async Task RunAsync_InterruptedAfterAFile_DoesNothingOfItAgain(string stopAfter, string? next)
    {
        var settings = Settings with { Start = "factors" };
        var whole = await TrainAsync(await TrainedRun.CreateAsync(), settings);

        var run = await TrainedRun.CreateAsync();
        await InterruptAsync(run, settings, stopAfter, TimeProvider.System);
        var events = new ProgressEvents();
        var resumed = await TrainAsync(run, settings with { Threads = 2 }, new SteppingTime(ProgressPace.Interval), events);

        Assert.Equal(next is null ? ["reading the data"] : ["reading the data", next], events.Messages.Take(2));
        Assert.Equal(whole.Weights.Sha256, resumed.Weights.Sha256);
        Assert.Equal(whole.Log.Sha256, resumed.Log.Sha256);
    }

    [Fact]
    public async Task RunAsync_InterruptedWithinAFactorisation_GoesOnAtTheSweep()
    {
        var whole = await TrainAsync(await TrainedRun.CreateAsync(), Settings);

        var run = await TrainedRun.CreateAsync();
        await InterruptAsync(run, Settings, "training/start_factors.safetensors", new SteppingTime(TimeSpan.FromMinutes(1)));
        var events = new ProgressEvents();
        var resumed = await TrainAsync(run, Settings with { Threads = 2 }, new SteppingTime(ProgressPace.Interval), events);

        Assert.Equal("factors, trial 1, sweep 1 of 3", events.All[1].Message);
        Assert.Equal(whole.Weights.Sha256, resumed.Weights.Sha256);
    }

    [Fact]
    public async Task RunAsync_Trials_KeepsWhatWasTriedAndTakesTheBest()
    {
        var run = await TrainedRun.CreateAsync();
        var trained = await TrainAsync(run, Settings with { Epochs = 0 });
        var trials = await TrialsAsync(run);
        var chosen = trials.Single(
            trial => trial.Regularisation == trained.FactorRegularisation && trial.UnobservedWeight == trained.FactorUnobservedWeight);
        Assert.InRange(trials.Max(trial => trial.Score), chosen.Score, 1.02 * chosen.Score); // what is better by less is not taken
        Assert.Equal((0.01, 0.0001), (trials[0].Regularisation, trials[0].UnobservedWeight));
        Assert.Contains(trials, trial => trial.Score > 1.02 * trials[0].Score);
        Assert.All(trials, trial => Assert.InRange(trial.Score, 0, 1));
    }

    [Fact]
    public async Task RunAsync_DamagedFile_NamesIt()
    {
        var run = await TrainedRun.CreateAsync();
        run.Work.Files[Trials] = [1, 2, 3];
        var error = await Assert.ThrowsAsync<PermanentStageException>(() => TrainAsync(run, Settings));
        Assert.StartsWith($"{Trials}: safetensors: 3 bytes", error.Message, StringComparison.Ordinal);
    }

    private static async Task<int> SlicesAsync(TrainedRun run, TrainingSettings settings)
    {
        var input = new TrainTowers.Input(run.Data, settings, "recall@10", new());
        for (var slice = 1; ; slice++)
        {
            var stage = new TrainSlice(run.Work, _ => run.Published, TimeProvider.System);
            if ((await stage.RunAsync(new(input, slice), run.Context, CancellationToken.None)).Finished)
                return slice;
        }
    }

    private static async Task InterruptAsync(TrainedRun run, TrainingSettings settings, string stopAfter, TimeProvider time)
    {
        using var stop = new CancellationTokenSource();
        var interrupted = new TrainTowers(new StoppingStore(run.Work, stopAfter, stop), _ => run.Published, time);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => interrupted.RunAsync(new(run.Data, settings, "recall@10", new()), run.Context, stop.Token));
    }

    private static Task<TrainedModel> TrainAsync(
        TrainedRun run, TrainingSettings settings, TimeProvider? time = null, ProgressEvents? events = null) =>
        new TrainTowers(run.Work, _ => run.Published, time ?? TimeProvider.System).RunAsync(
            new(run.Data, settings, "recall@10", new()), run.Context with { Progress = events ?? new() }, CancellationToken.None);

    private static async Task<StartTrial[]> TrialsAsync(TrainedRun run)
    {
        var metadata = await SafetensorsReader.ReadMetadataAsync(new MemoryStream(run.Work.Files[Trials]), CancellationToken.None);
        return JsonSerializer.Deserialize<StartTrial[]>(metadata["trials"])!;
    }
}

using System.Text.Json;
using Retraining.Export;
using Retraining.Tests.Export;
using Retraining.Training;

namespace Retraining.Tests.Training;

public sealed class TrainTowersTests
{
    private static readonly TrainingSettings Settings = new()
    {
        EmbeddingDim = 16,
        HiddenDim = 24,
        Epochs = 3,
        Patience = 3,
        BatchUsers = 32,
        LearningRate = 0.005,
        Start = "random",
        Threads = 1,
    };

    [Theory]
    [InlineData("random", "v3")]
    [InlineData("factors", "v3")]
    [InlineData("factors", "v2")]
    public async Task RunAsync_SampleData_WritesFiniteWeightsAndALineForEachEpoch(string start, string features)
    {
        var run = await TrainedRun.CreateAsync(features);
        var trained = await TrainAsync(run, Settings with { Start = start });

        var model = await TrainedWeights.ReadAsync(run.Work, trained.Weights, CancellationToken.None);
        Assert.All(model.Tensors, tensor => Assert.DoesNotContain(tensor.Values, value => !float.IsFinite(value)));
        var log = run.Work.Text(trained.Log.Path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(1, 3), Epochs(log, "epoch"));
        Assert.Equal(Enumerable.Range(1, trained.BestEpoch), Epochs(log, "refit_epoch"));
        Assert.Equal(3, log.Count(line => line.Contains("\"recall@10\":", StringComparison.Ordinal)));
        var curves = run.Work.Text(trained.Curves!.Path);
        Assert.Contains("best: ", curves, StringComparison.Ordinal);
        Assert.Equal(trained.BestEpoch > 0, curves.Contains("dashed: refit", StringComparison.Ordinal));
        Assert.Equal("recall@10", trained.Metric);
        Assert.InRange(trained.ValidationMetric!.Value, 0, 1);
    }

    [Theory]
    [InlineData("training/checkpoint.bin")]
    [InlineData("training/refit.bin")]
    public async Task RunAsync_InterruptedAfterAnEpoch_EndsInTheSameBytes(string stopAfter)
    {
        var whole = await TrainAsync(await TrainedRun.CreateAsync(), Settings);

        var run = await TrainedRun.CreateAsync();
        using var stop = new CancellationTokenSource();
        var interrupted = new TrainTowers(new StoppingStore(run.Work, stopAfter, stop), _ => run.Published, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => interrupted.RunAsync(new(run.Data, Settings, "recall@10", new()), run.Context, stop.Token));
        var resumed = await TrainAsync(run, Settings with { Threads = 2 });

        Assert.Equal(whole.Weights.Sha256, resumed.Weights.Sha256);
        Assert.Equal(whole.Log.Sha256, resumed.Log.Sha256);
    }

    [Fact]
    public async Task RunAsync_InSlices_EndsInTheSameBytes()
    {
        var whole = await TrainAsync(await TrainedRun.CreateAsync(), Settings);

        var run = await TrainedRun.CreateAsync();
        var input = new TrainTowers.Input(run.Data, Settings with { SliceMinutes = 1e-9 }, "recall@10", new());
        var slices = 1;
        while (!(await new TrainSlice(run.Work, _ => run.Published, TimeProvider.System).RunAsync(new(input, slices), run.Context, CancellationToken.None)).Finished)
            slices++;
        var sliced = await TrainAsync(run, input.Training);

        Assert.True(slices > Settings.Epochs, $"{slices} slices, expected one for each epoch of search and refit, and one that finds nothing left");
        Assert.Equal(whole.Weights.Sha256, sliced.Weights.Sha256);
        Assert.Equal(whole.Log.Sha256, sliced.Log.Sha256);
    }

    [Theory]
    [InlineData("factors", "v3")]
    [InlineData("factors", "v2")]
    [InlineData("random", "v3")]
    public async Task RunAsync_UserWithoutHistory_GetsWhatIsPopular(string start, string features)
    {
        var run = await TrainedRun.CreateAsync(features, sample: new() { Users = 300, Videos = 90, Decisions = 6000 });
        var trained = await TrainAsync(run, Settings with { Start = start });
        var model = await TrainedWeights.ReadAsync(run.Work, trained.Weights, CancellationToken.None);
        var set = await TrainingSet.ReadAsync(run.Work, run.Data, CancellationToken.None);
        var row = new TwoTower.Model.SparseRows(set.Users.Columns);
        set.Users.Write(0, set.Log.Offsets[0], set.Log.Time[set.Log.Offsets[0]], row);

        var user = model.User.Embed(row, 0, CancellationToken.None);
        Assert.Equal(1, System.Numerics.Tensors.TensorPrimitives.Norm<float>(user), 1e-5f);
        var items = model.Item.Embed(set.Items, 0, CancellationToken.None);
        var best = Enumerable.Range(0, set.Catalogue.Count)
            .OrderByDescending(item => System.Numerics.Tensors.TensorPrimitives.Dot<float>(user, items.AsSpan(item * user.Length, user.Length)))
            .Take(20);
        var ratio = best.Average(item => set.Popularity[item]) / set.Popularity.Average();
        Assert.True(ratio > 1.2, $"the first 20 are {ratio:F2} times as popular as all, expected more than 1.2");
    }

    [Fact]
    public async Task RunAsync_TorchWhereThereIsNone_SaysWhatIsExpected()
    {
        var run = await TrainedRun.CreateAsync();
        var error = await Assert.ThrowsAsync<Retraining.Execution.PermanentStageException>(
            () => TrainAsync(run, Settings with { Trainer = "torch" }));
        Assert.StartsWith("training.trainer: torch", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_UnknownMetric_SaysWhatIsExpected()
    {
        var run = await TrainedRun.CreateAsync();
        var error = await Assert.ThrowsAsync<Retraining.Execution.PermanentStageException>(
            () => new TrainTowers(run.Work, _ => run.Published, TimeProvider.System).RunAsync(new(run.Data, Settings, "auc", new()), run.Context, CancellationToken.None));
        Assert.Contains("gate.metric: auc, expected recall@k", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int> Epochs(string[] log, string name)
    {
        foreach (var line in log)
        {
            using var row = JsonDocument.Parse(line);
            if (row.RootElement.TryGetProperty(name, out var epoch))
                yield return epoch.GetInt32();
        }
    }

    private static Task<TrainedModel> TrainAsync(TrainedRun run, TrainingSettings settings) =>
        new TrainTowers(run.Work, _ => run.Published, TimeProvider.System).RunAsync(new(run.Data, settings, "recall@10", new()), run.Context, CancellationToken.None);
}

using System.Runtime.InteropServices;
using TwoTower.Kernels;
using TwoTower.Model;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class TrainerTests
{
    private static readonly TrainerOptions Quick = new() { Epochs = 20, Patience = 0, LearningRate = 0.02, Threads = 1, Temperature = 0.2, ItemIdColumns = 1..61 };

    public static TheoryData<TrainerOptions> Solvers =>
    [
        Quick,
        Quick with { Loss = TrainingLoss.FullSoftmax, GradientClip = 1 },
        Quick with { Loss = TrainingLoss.BinaryCrossEntropy, Negatives = 8 },
        Quick with { UniformNegatives = 20, Dropout = 0.2, IdDropout = 0.2, Schedule = LearningRateSchedule.Cosine, WarmUpSteps = 5 },
    ];

    [Theory]
    [MemberData(nameof(Solvers))]
    public async Task RunAsync_ClusteredTastes_RanksOwnClusterFirst(TrainerOptions options)
    {
        var examples = new FakeExamples();
        var start = examples.Model(16, skip: true);
        Assert.True(examples.Precision(start) < 0.5);

        var result = await Train(examples, start, options);

        Assert.True(examples.Precision(result.Model) > 0.95, $"precision {examples.Precision(result.Model)}");
        Assert.True(result.Epochs[^1].Loss < result.Epochs[0].Loss);
    }

    [Fact]
    public async Task RunAsync_OneOrManyThreads_SameBytes()
    {
        var examples = new FakeExamples(users: 600, items: 240, batchUsers: 300);
        var options = Quick with { Epochs = 2, Dropout = 0.3, UserInputDropout = 0.1, IdDropout = 0.3, UniformNegatives = 30, ItemIdColumns = 1..241 };
        foreach (var loss in Enum.GetValues<TrainingLoss>())
        {
            var one = await Train(examples, examples.Model(70, true), options with { Loss = loss });
            var three = await Train(examples, examples.Model(70, true), options with { Loss = loss, Threads = 3 });
            Assert.Equal(Bytes(one.Model), Bytes(three.Model));
        }
    }

    [Fact]
    public async Task RunAsync_ResumedAfterEachEpoch_SameBytesAsInOneGo()
    {
        var examples = new FakeExamples();
        var options = Quick with { Epochs = 4, Dropout = 0.3, Schedule = LearningRateSchedule.Linear, GradientClip = 0.5 };
        var validation = new TrainingHooks { Validate = (model, _) => Task.FromResult(examples.Precision(model)) };
        var whole = await Train(examples, examples.Model(8, true), options, validation);

        TrainerState? state = null;
        TrainingResult? last = null;
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            using var saved = new MemoryStream();
            using var stop = new CancellationTokenSource();
            var hooks = validation with { Checkpoint = (s, _) => Save(s, saved, stop) };
            await Assert.ThrowsAsync<OperationCanceledException>(() => Train(examples, examples.Model(8, true), options, hooks, state, stop.Token));
            saved.Position = 0;
            state = TrainerState.Load(saved);
        }

        last = await Train(examples, examples.Model(8, true), options, validation, state);
        Assert.Equal(Bytes(whole.Model), Bytes(last.Model));
        Assert.Equal(whole.Epochs, last.Epochs);
        Assert.Equal(whole.BestEpoch, last.BestEpoch);
    }

    [Fact]
    public async Task RunAsync_MetricStopsRising_KeepsTheBestEpoch()
    {
        var examples = new FakeExamples();
        double[] metrics = [0.1, 0.4, 0.3, 0.2, 0.9];
        var seen = new List<TwoTowerModel>();
        var hooks = new TrainingHooks
        {
            Validate = (model, _) =>
            {
                seen.Add(model.Clone());
                return Task.FromResult(metrics[seen.Count - 1]);
            },
        };

        var result = await Train(examples, examples.Model(8, true), Quick with { Patience = 2 }, hooks);

        Assert.Equal(4, result.Epochs.Count); // best at 2, then two without gain
        Assert.Equal(2, result.BestEpoch);
        Assert.Equal(0.4, result.BestMetric);
        Assert.Equal(Bytes(seen[1]), Bytes(result.Model));
    }

    [Fact]
    public async Task RunAsync_WeightsNotFinite_NamesEpochAndStep()
    {
        var examples = new FakeExamples();
        var model = examples.Model(8, true);
        model.User.W2[3] = float.NaN;

        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => Train(examples, model, Quick));

        Assert.Equal((1, 1), (error.Epoch, error.Step));
        Assert.StartsWith("epoch 1, step 1 of 3, batch of 40 users from row 0: loss NaN", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_LastUpdateOfAnEpochOverflows_NamesThatStep()
    {
        // the decay turns every weight into -1e30 times itself: finite after the first update, not after the second, which ends the epoch
        var examples = new FakeExamples(users: 80, batchUsers: 40);
        var options = Quick with { WeightDecay = 1e30, LearningRate = 1, Temperature = 1 };

        var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => Train(examples, examples.Model(0, true), options));

        Assert.Equal((1, 2), (error.Epoch, error.Step));
        Assert.Contains("after the update, expected finite weights", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AllOfASideInOnePoint_ReportsCollapse()
    {
        var examples = new FakeExamples();
        foreach (var side in (string[])["user", "item"])
        {
            var model = examples.Model(8, true);
            var tower = side == "user" ? model.User : model.Item;
            Array.Clear(tower.Skip);
            Array.Clear(tower.W2);
            tower.B2[0] = 1;

            var options = Quick with { LearningRate = 1e-9 };
            var error = await Assert.ThrowsAsync<TrainingDivergedException>(() => Train(examples, model, options));

            Assert.Contains($"the mean of the {side} embeddings has length 1.0", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Step_GradientLongerThanTheClip_IsScaledToIt()
    {
        var examples = new FakeExamples();
        var options = Quick with { Dropout = 0.2 };
        var norm = Steps(examples, options, count: 1).Norm;
        var free = Steps(examples, options, count: 1).FirstMoment;
        var clipped = Steps(examples, options with { GradientClip = norm / 50 }, count: 1).FirstMoment;

        // after one step the first moment is (1 - β1) · g, and the clipped g is a fiftieth of it
        Assert.Contains(free, value => Math.Abs(value) > 1e-3f);
        Assert.Equal(free.Select(value => value / 50), clipped, (a, b) => Math.Abs(a - b) <= 1e-6f * Math.Max(1e-3f, Math.Abs(a)));
    }

    [Fact]
    public void Step_GradientShorterThanTheClip_SameBitsAsWithoutIt()
    {
        var examples = new FakeExamples();
        Assert.Equal(Steps(examples, Quick, count: 3).Weights, Steps(examples, Quick with { GradientClip = 1e6 }, count: 3).Weights);
        Assert.NotEqual(Steps(examples, Quick, count: 3).Weights, Steps(examples, Quick with { GradientClip = 1e-6 }, count: 3).Weights);
    }

    [Fact]
    public async Task RunAsync_RowsOfAnotherWidth_SaysBothWidths()
    {
        var examples = new FakeExamples();
        var model = new TwoTowerModel(new() { UserInputDim = 5, ItemInputDim = examples.Items.Columns });
        var error = await Assert.ThrowsAsync<ArgumentException>(() => Train(examples, model, Quick));
        Assert.Contains("user rows of 61 columns, expected 5", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Epochs_ReportProgressWithMetric()
    {
        var examples = new FakeExamples();
        var events = new List<TrainingProgress>();
        var hooks = new TrainingHooks { Validate = (_, _) => Task.FromResult(0.25), Progress = events.Add, ProgressInterval = TimeSpan.Zero };

        await Train(examples, examples.Model(8, true), Quick with { Epochs = 2 }, hooks);

        Assert.Equal(2 * (examples.StepsPerEpoch + 1), events.Count);
        Assert.Equal([0.25, 0.25], events.Where(e => e.Metric.HasValue).Select(e => e.Metric!.Value));
        Assert.All(events, e => Assert.True(e.Loss > 0 && e.GradientNorm > 0));
    }

    private static (double Norm, float[] FirstMoment, byte[] Weights) Steps(FakeExamples examples, TrainerOptions options, int count)
    {
        var model = examples.Model(8, true);
        using var loop = new TrainingLoop(model, examples.Items, examples, options, Simd.Best);
        var norm = Enumerable.Range(0, count).Select(step => loop.Step(0, step).GradientNorm).Last();
        var (weights, first, second) = (model.Clone(), model.Clone(), model.Clone());
        loop.Store(weights, first, second);
        return (norm, [.. first.Tensors.SelectMany(tensor => tensor.Values)], Bytes(weights));
    }

    private static Task Save(TrainerState state, MemoryStream target, CancellationTokenSource stop)
    {
        state.Save(target, CancellationToken.None);
        stop.Cancel();
        stop.Token.ThrowIfCancellationRequested();
        return Task.CompletedTask;
    }

    private static Task<TrainingResult> Train(
        FakeExamples examples, TwoTowerModel model, TrainerOptions options, TrainingHooks? hooks = null, TrainerState? resume = null, CancellationToken cancellationToken = default) =>
        new Trainer(model, examples.Items, examples, options, TimeProvider.System) { Level = Simd.Best }.RunAsync(hooks ?? new(), resume, cancellationToken);

    private static byte[] Bytes(TwoTowerModel model) => [.. model.Tensors.SelectMany(tensor => MemoryMarshal.AsBytes(tensor.Values.AsSpan()).ToArray())];
}

using System.Runtime.InteropServices;
using Retraining.TorchSharp;
using TwoTower.Kernels;
using TwoTower.Model;
using TwoTower.Onnx;
using TwoTower.Safetensors;
using TwoTower.Tests.Training;
using TwoTower.Training;

namespace TwoTower.Tests.Torch;

/// <summary>libtorch's steps against the own kernels: the same weights, batches, candidates and dropout. In builds with TorchSharp only.</summary>
public sealed class TorchStepsTests
{
    private static readonly TrainerOptions Common = new()
    {
        Epochs = 20,
        LearningRate = 0.01,
        Temperature = 0.2,
        Threads = 1,
        ItemIdColumns = 1..61,
    };

    public static TheoryData<string, TrainerOptions, int, bool> Cases => new()
    {
        { "sampled softmax", Common, 24, true },
        { "everything", Common with
            {
                UniformNegatives = 20, DislikeWeight = 0.5, Dropout = 0.3, IdDropout = 0.2, UserInputDropout = 0.1, WeightDecay = 0.05,
                GradientClip = 0.3, Schedule = LearningRateSchedule.Cosine, WarmUpSteps = 5,
            }, 70, true },
        { "without the linear part", Common with { L2Penalty = 0.001, LogQCorrection = false }, 16, false },
        { "the linear part alone", Common, 0, true },
        { "full softmax", Common with { Loss = TrainingLoss.FullSoftmax, DislikeWeight = 1 }, 16, true },
        { "binary", Common with { Loss = TrainingLoss.BinaryCrossEntropy, Negatives = 4 }, 16, true },
        { "binary with dislikes", Common with { Loss = TrainingLoss.BinaryCrossEntropy, Negatives = 2, DislikeWeight = 1.5 }, 16, true },
    };

    [TorchTheory]
    [MemberData(nameof(Cases))]
    public void Step_SameWeightsAndBatches_LossesAgreeOver50Steps(string name, TrainerOptions options, int hidden, bool skip)
    {
        var examples = new FakeExamples();
        var start = examples.Model(hidden, skip);
        using var own = new TrainingLoop(start, examples.Items, examples, options, Simd.Best, exact: true);
        using var torch = TorchSteps.Open("cpu")(start, examples.Items, examples, options);
        for (var step = 0; step < 50; step++)
        {
            var (epoch, within) = Math.DivRem(step, examples.StepsPerEpoch);
            var (expected, found) = (own.Step(epoch, within), torch.Step(epoch, within));
            var agrees = Math.Abs(found.Loss - expected.Loss) <= 1e-4 * expected.Loss;
            Assert.True(agrees, $"{name}, step {step}: loss {found.Loss}, expected {expected.Loss}");
            Assert.Equal((expected.Targets, expected.LearningRate), (found.Targets, found.LearningRate));
            Assert.Equal(1, found.GradientNorm / expected.GradientNorm, tolerance: 1e-3);
        }

        Assert.Equal(own.Concentration().Users, torch.Concentration().Users, tolerance: 1e-3);
        Assert.Equal(own.Concentration().Items, torch.Concentration().Items, tolerance: 1e-3);
    }

    [TorchFact]
    public async Task RunAsync_OnTorch_LearnsAndExportsTheSameOnnxButForWeights()
    {
        var examples = new FakeExamples();
        var start = examples.Model(16, skip: true);
        var own = await new Trainer(start, examples.Items, examples, Common, TimeProvider.System).RunAsync(new(), null, default);
        var torch = await Trainer(examples, start, Common).RunAsync(new(), null, default);

        Assert.True(examples.Precision(torch.Model) > 0.95, $"precision {examples.Precision(torch.Model)}");
        Assert.NotEqual(Export(own.Model), Export(torch.Model));
        Assert.Equal(Export(own.Model, weightless: true), Export(torch.Model, weightless: true));
    }

    [TorchFact]
    public async Task StoreWeights_ThroughSafetensors_GoesOnWithTheSameWeights()
    {
        var examples = new FakeExamples();
        using var first = TorchSteps.Open("cpu")(examples.Model(16, skip: true), examples.Items, examples, Common);
        for (var step = 0; step < examples.StepsPerEpoch; step++)
            first.Step(0, step);
        var trained = examples.Model(16, skip: true);
        first.StoreWeights(trained);

        using var file = new MemoryStream();
        await SafetensorsWriter.WriteAsync(file, [.. trained.Tensors], new Dictionary<string, string>(), default);
        file.Position = 0;
        var read = TwoTowerModel.FromTensors(trained.Shape, await SafetensorsReader.ReadAsync(file, default));
        using var second = TorchSteps.Open("cpu")(read, examples.Items, examples, Common);
        var again = examples.Model(16, skip: true);
        second.StoreWeights(again);

        Assert.NotEqual(examples.Model(16, skip: true).User.W1, trained.User.W1);
        Assert.All(trained.Tensors.Zip(again.Tensors), pair => Assert.Equal(pair.First.Values, pair.Second.Values));
        Assert.Equal(first.Step(1, 0).Loss, second.Step(1, 0).Loss, tolerance: 1e-6);
    }

    [TorchFact]
    public async Task RunAsync_OnTorchResumed_GoesOnWithWeightsAndMoments()
    {
        var examples = new FakeExamples();
        var start = examples.Model(16, skip: true);
        var options = Common with { Epochs = 4 };
        TrainerState? second = null;
        var hooks = new TrainingHooks
        {
            Checkpoint = (state, _) =>
            {
                if (state.Epochs.Count == 2)
                    second = Copy(state);
                return Task.CompletedTask;
            },
        };
        var whole = await Trainer(examples, start, options).RunAsync(hooks, null, default);
        var resumed = await Trainer(examples, start, options).RunAsync(new(), second, default);

        Assert.Equal(whole.Epochs.Select(epoch => Math.Round(epoch.Loss, 4)), resumed.Epochs.Select(epoch => Math.Round(epoch.Loss, 4)));
    }

    [TorchFact]
    public void Open_Cuda_IsThereOrSaysWhatToDo()
    {
        if (global::TorchSharp.torch.cuda.is_available())
        {
            Assert.NotNull(TorchSteps.Open("cuda"));
            return;
        }

        var error = Assert.Throws<Retraining.Execution.PermanentStageException>(() => TorchSteps.Open("cuda"));
        Assert.Contains("training.device", error.Message, StringComparison.Ordinal);
    }

    private static Trainer Trainer(FakeExamples examples, TwoTowerModel start, TrainerOptions options) =>
        new(start, examples.Items, examples, options, TimeProvider.System) { Steps = TorchSteps.Open("cpu") };

    private static TrainerState Copy(TrainerState state)
    {
        using var saved = new MemoryStream();
        state.Save(saved, CancellationToken.None);
        saved.Position = 0;
        return TrainerState.Load(saved);
    }

    /// <param name="weightless">With zeros in place of every weight.</param>
    private static byte[] Export(TwoTowerModel model, bool weightless = false)
    {
        var user = new TowerGraph("user", model.User, "user_features", "user_embedding");
        var item = new TowerGraph("item", model.Item, "item_features", "item_embedding");
        var onnx = OnnxExporter.Export([user, item], "two_tower", []);
        foreach (var tensor in weightless ? model.Tensors : [])
        {
            var bytes = MemoryMarshal.AsBytes(tensor.Values.AsSpan());
            var at = onnx.AsSpan().IndexOf(bytes);
            Assert.True(at >= 0, $"{tensor.Name} is not in the file");
            onnx.AsSpan(at, bytes.Length).Clear();
        }

        return onnx;
    }
}

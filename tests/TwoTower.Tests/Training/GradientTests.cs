using TwoTower.Kernels;
using TwoTower.Model;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class GradientTests
{
    public static TheoryData<string, TrainerOptions, int, bool> Cases => new()
    {
        { "softmax", new(), 5, true },
        { "softmax without skip", new() { CorrectPositive = false }, 70, false },
        { "softmax linear", new() { LogQCorrection = false }, 0, true },
        { "mixed negatives, dislikes", new() { UniformNegatives = 9, DislikeWeight = 2 }, 5, true },
        { "dropout everywhere", new() { Dropout = 0.3, UserInputDropout = 0.2, ItemInputDropout = 0.1, ItemIdColumns = 1..61, IdDropout = 0.5 }, 20, true },
        { "full softmax", new() { Loss = TrainingLoss.FullSoftmax, DislikeWeight = 1 }, 5, true },
        { "binary", new() { Loss = TrainingLoss.BinaryCrossEntropy, Negatives = 4 }, 5, true },
        { "binary, dislikes", new() { Loss = TrainingLoss.BinaryCrossEntropy, Negatives = 2, DislikeWeight = 2 }, 5, true },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void ComputeLoss_NudgedWeight_ChangesAsTheGradientSays(string name, TrainerOptions options, int hidden, bool skip)
    {
        Assert.NotEmpty(name);
        var examples = new FakeExamples(users: 24, batchUsers: 12);
        options = options with { Temperature = 0.5, Threads = 1 };
        foreach (var level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
        {
            using var loop = new TrainingLoop(Model(examples, hidden, skip), examples.Items, examples, options, level, exact: true);
            examples.Fill(0, 0, loop.Batch);
            CheckTower(loop, loop.UserTower);
            CheckTower(loop, loop.ItemTower);
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void ComputeLoss_FirstLayerAtHalfWidth_GivesNearlyTheExactGradient(string name, TrainerOptions options, int hidden, bool skip)
    {
        Assert.NotEmpty(name);
        var examples = new FakeExamples(users: 24, batchUsers: 12);
        options = options with { Temperature = 0.5, Threads = 1 };
        foreach (var level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
        {
            using var exact = new TrainingLoop(Model(examples, hidden, skip), examples.Items, examples, options, level, exact: true);
            using var half = new TrainingLoop(Model(examples, hidden, skip), examples.Items, examples, options, level);
            examples.Fill(0, 0, exact.Batch);
            examples.Fill(0, 0, half.Batch);

            Assert.Equal(1, half.ComputeLoss(5) / exact.ComputeLoss(5), tolerance: 3e-3);
            CheckNear(exact.UserTower, half.UserTower);
            CheckNear(exact.ItemTower, half.ItemTower);
        }
    }

    private static void CheckNear(TowerTrainer exact, TowerTrainer half)
    {
        exact.Update.SumGradients();
        half.Update.SumGradients();
        foreach (var (expected, found) in Gradients(exact.Weights).Zip(Gradients(half.Weights)))
        {
            var error = Math.Sqrt(expected.Zip(found, (x, y) => Math.Pow(x - y, 2)).Sum());
            Assert.InRange(error, 0, 0.1 * Math.Sqrt(expected.Sum(x => (double)x * x))); // a unit next to its kink may change sides
        }
    }

    private static float[][] Gradients(TowerWeights weights) =>
        [.. Parameters(weights).Select(parameter => parameter.Gradient.Span.ToArray())];

    private static Parameter[] Parameters(TowerWeights weights) => [weights.First, weights.HiddenBias, weights.Second, weights.OutputBias];

    /// <summary>With biases, so that no row lies on a kink (an empty row without biases has length 0).</summary>
    private static TwoTowerModel Model(FakeExamples examples, int hidden, bool skip)
    {
        var model = examples.Model(hidden, skip);
        foreach (var tensor in model.Tensors.Where(tensor => tensor.Shape.Count == 1))
        {
            for (var k = 0; k < tensor.Values.Length; k++)
                tensor.Values[k] = 0.2f * MathF.Cos(k + 1);
        }

        return model;
    }

    private static unsafe void CheckTower(TrainingLoop loop, TowerTrainer tower)
    {
        loop.ComputeLoss(5);
        tower.Update.SumGradients();
        var weights = tower.Weights;
        foreach (var parameter in Parameters(weights))
        {
            var gradient = parameter.Gradient.Span.ToArray();
            var random = new Random(1);
            var largest = Enumerable.Range(0, parameter.Length).OrderByDescending(k => Math.Abs(gradient[k])).Take(6);
            var others = Enumerable.Range(0, 6).Select(_ => random.Next(Math.Max(1, parameter.Length)));
            foreach (var k in largest.Concat(others).Where(k => k < parameter.Length))
            {
                var (kept, nudge) = (parameter.Weight.Pointer[k], 1e-3f);
                parameter.Weight.Pointer[k] = kept + nudge;
                var above = loop.ComputeLoss(5);
                parameter.Weight.Pointer[k] = kept - nudge;
                var below = loop.ComputeLoss(5);
                parameter.Weight.Pointer[k] = kept;
                Assert.Equal((above - below) / (2 * nudge), gradient[k], 1e-3 + (0.02 * Math.Abs(gradient[k])));
            }
        }
    }
}

using TwoTower.Kernels;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class LossTests
{
    // Users and items are the unit vectors e1 and e2, so the dot products are [[1, 0], [0, 1]].
    private static readonly float[] Units = [1, 0, 0, 1];

    [Fact]
    public void Softmax_OrthogonalPairs_MatchesClosedForm()
    {
        // -ln(e^1 / (e^1 + e^0)) = ln(1 + e^-1)
        var (loss, _, _) = Compute(new() { Temperature = 1, LogQCorrection = false }, Pairs((0, 0), (1, 1)));
        Assert.Equal(Math.Log(1 + Math.Exp(-1)), loss, 6);
    }

    [Fact]
    public void Softmax_OrthogonalPairs_GradientMatchesClosedForm()
    {
        // p = 1 / (1 + e^-1) for the own item; slope -(1 - p) / 2 on it and +(1 - p) / 2 on the other, with two targets averaged
        var (_, users, items) = Compute(new() { Temperature = 1, LogQCorrection = false }, Pairs((0, 0), (1, 1)));
        var slope = (float)((1 - (1 / (1 + Math.Exp(-1)))) / 2);
        Assert.Equal([-slope, slope, slope, -slope], users, (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([-slope, slope, slope, -slope], items, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Softmax_KnownItem_IsNoNegative()
    {
        // the only other candidate is known to user 0: its loss is 0, user 1 keeps ln(1 + e^-1)
        var batch = Pairs((0, 0), (1, 1));
        batch.KnownItems.Add(1);
        batch.KnownOffsets.AddRange([1, 1]);
        var (loss, users, _) = Compute(new() { Temperature = 1, LogQCorrection = false }, batch);
        Assert.Equal(Math.Log(1 + Math.Exp(-1)) / 2, loss, 6);
        Assert.Equal([0f, 0f], users[..2]);
    }

    [Fact]
    public void Softmax_LogQ_WeighsCandidatesByTheInverseOfTheirProbability()
    {
        // q = (0.2, 0.8), two draws: logits 1 - ln 0.4 and 0 - ln 1.6 for user 0, the reverse for user 1
        var (loss, _, _) = Compute(new() { Temperature = 1 }, Pairs((0, 0), (1, 1)), probability: [0.2f, 0.8f]);
        var first = -Math.Log(Math.E / 0.4 / ((Math.E / 0.4) + (1 / 1.6)));
        var second = -Math.Log(Math.E / 1.6 / ((Math.E / 1.6) + (1 / 0.4)));
        Assert.Equal((first + second) / 2, loss, 6);
    }

    [Fact]
    public void Softmax_DislikedItem_CountsAsDrawnMoreOften()
    {
        // item 1 is drawn once and turned down with weight 3 by user 0: e^0 counts four times against e^1
        var batch = Pairs((0, 0), (1, 1));
        batch.DislikedItems.Add(1);
        batch.DislikedOffsets.AddRange([1, 1]);
        var (loss, _, _) = Compute(new() { Temperature = 1, LogQCorrection = false, DislikeWeight = 3 }, batch);
        Assert.Equal((Math.Log(1 + (4 * Math.Exp(-1))) + Math.Log(1 + Math.Exp(-1))) / 2, loss, 6);
    }

    [Fact]
    public void Softmax_TargetsOfOneUser_AreNoNegativesOfEachOther()
    {
        // user 0 likes both items: both losses are 0; user 1's target counts double: (0 + 0 + 2 ln(1 + e^-1)) / 4
        var batch = Pairs((0, 0), (1, 1));
        batch.UserRow.Add(0);
        batch.Item.Add(1);
        batch.Weight.Add(1);
        batch.Weight[1] = 2;
        var (loss, _, _) = Compute(new() { Temperature = 1, Loss = TrainingLoss.FullSoftmax }, batch);
        Assert.Equal(2 * Math.Log(1 + Math.Exp(-1)) / 4, loss, 6);
    }

    [Fact]
    public void Binary_OrthogonalPairs_MatchesClosedForm()
    {
        // yes: softplus(-1 / 0.5); no: softplus(0) for each drawn item 1 of user 0 (item 0 of user 1); drawn positives are left out
        var options = new TrainerOptions { Temperature = 0.5, Loss = TrainingLoss.BinaryCrossEntropy, Negatives = 6 };
        var draw = new CandidateDraw(options, 2, new FakeExamples());
        var batch = Pairs((0, 0), (1, 1));
        draw.Fill(new Candidates(2), batch, 0);
        var negatives = draw.Negatives.Take(6).Count(item => item == 1) + draw.Negatives.Skip(6).Count(item => item == 0);
        Assert.InRange(negatives, 1, 11);

        var (loss, _, _) = Compute(options, batch);

        Assert.Equal(((2 * Math.Log(1 + Math.Exp(-2))) + (negatives * Math.Log(2))) / 2, loss, 6);
    }

    [Fact]
    public void Binary_DislikedItem_IsOneNegativeOfItsWeightForEachTarget()
    {
        // user 0 likes item 0 and turned down item 1, user 1 likes item 1: softplus(-1) twice, and 3 · softplus(0) for the dislike; what is
        // drawn uniformly is left out, as both items are known
        var batch = Pairs((0, 0), (1, 1));
        batch.DislikedItems.Add(1);
        batch.DislikedOffsets.AddRange([1, 1]);
        var options = new TrainerOptions { Temperature = 1, Loss = TrainingLoss.BinaryCrossEntropy, Negatives = 1, DislikeWeight = 3 };
        var draw = new CandidateDraw(options, 2, new FakeExamples());
        draw.Fill(new Candidates(2), batch, 0);
        Assert.Equal([1, -1], [draw.Negatives[1], draw.Negatives[3]]);
        var uniform = (draw.Negatives[0] == 1 ? 1 : 0) + (draw.Negatives[2] == 0 ? 1 : 0);

        var (loss, users, items) = Compute(options, batch);

        Assert.Equal(((2 * Math.Log(1 + Math.Exp(-1))) + ((3 + uniform) * Math.Log(2))) / 2, loss, 6);
        var (without, _, _) = Compute(options with { DislikeWeight = 0 }, batch);
        Assert.Equal(3 * Math.Log(2) / 2, loss - without, 6);
        Assert.All(users.Concat(items), value => Assert.True(float.IsFinite(value)));
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(0.02)] // logits further apart than one shift for all rows allows
    public void Softmax_MoreUserRowsThanOneGoTakes_AgreesWithPlainLoops(double temperature)
    {
        const int Users = 1500, Catalogue = 2000, Dim = 8;
        var random = new Random(5);
        var (users, items) = (UnitRows(Users, Dim, random), UnitRows(Catalogue, Dim, random));
        var batch = new TrainingBatch(1);
        for (var user = 0; user < Users; user++)
        {
            batch.Users.Add([0], [1]);
            for (var t = 0; t <= user % 3; t++) // one to three targets, and one known item that is often none of them
            {
                batch.UserRow.Add(user);
                batch.Item.Add(random.Next(Catalogue));
                batch.Weight.Add(1 + t);
            }

            batch.KnownItems.Add(random.Next(Catalogue));
            batch.KnownOffsets.Add(batch.KnownItems.Count);
        }

        var options = new TrainerOptions { Temperature = temperature, Loss = TrainingLoss.FullSoftmax };
        var expected = SoftmaxReference.Compute(batch, users, items, Dim, temperature);
        foreach (var level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
        {
            var (loss, userGradient, itemGradient) = Compute(options, batch, users, items, Dim, level);
            Assert.Equal(1, loss / expected.Loss, tolerance: 1e-5);
            AssertNear(expected.Users, userGradient);
            AssertNear(expected.Items, itemGradient);
        }
    }

    private static void AssertNear(double[] expected, float[] found)
    {
        var largest = expected.Max(Math.Abs);
        Assert.True(largest > 0);
        Assert.Equal(0, expected.Zip(found, (a, b) => Math.Abs(a - b)).Max() / largest, tolerance: 1e-4);
    }

    private static float[] UnitRows(int rows, int dim, Random random)
    {
        float[] values = [.. Enumerable.Range(0, rows * dim).Select(_ => (float)(random.NextDouble() - 0.5))];
        for (var row = 0; row < rows; row++)
        {
            var one = values.AsSpan(row * dim, dim);
            System.Numerics.Tensors.TensorPrimitives.Divide(one, System.Numerics.Tensors.TensorPrimitives.Norm<float>(one), one);
        }

        return values;
    }

    private static TrainingBatch Pairs(params (int User, int Item)[] pairs)
    {
        var batch = new TrainingBatch(1);
        foreach (var (user, item) in pairs)
        {
            batch.Users.Add([0], [1]);
            batch.UserRow.Add(user);
            batch.Item.Add(item);
            batch.Weight.Add(1);
        }

        return batch;
    }

    private static (double Loss, float[] Users, float[] Items) Compute(
        TrainerOptions options, TrainingBatch batch, float[]? probability = null) =>
        Compute(options, batch, Units, Units, 2, Simd.Best, probability);

    private static (double Loss, float[] Users, float[] Items) Compute(
        TrainerOptions options, TrainingBatch batch, float[] users, float[] items, int dim, SimdLevel level, float[]? probability = null)
    {
        var catalogue = items.Length / dim;
        using var team = new WorkTeam(1);
        var source = new Probabilities(probability ?? [.. Enumerable.Repeat(1f / catalogue, catalogue)]);
        var (candidates, draw) = (new Candidates(catalogue), new CandidateDraw(options, catalogue, source));
        draw.Fill(candidates, batch, 0);
        var (left, right, userGradient, itemGradient) =
            (new FloatBuffer(users.Length), new FloatBuffer(items.Length), new FloatBuffer(users.Length), new FloatBuffer(items.Length));
        users.CopyTo(left.Span);
        for (var slot = 0; slot < candidates.Count; slot++)
            items.AsSpan(candidates.Items[slot] * dim, dim).CopyTo(right.Span[(slot * dim)..]);
        BatchLoss loss = options.Loss == TrainingLoss.BinaryCrossEntropy
            ? new BinaryLoss(options, draw, team)
            : new SoftmaxLoss(options, level, team);
        var input = new LossInput(batch, candidates, dim, left, right, userGradient, itemGradient);
        input.Share = 1 / batch.Weight.Sum(weight => (double)weight);
        var value = loss.Compute(input);
        return (value, userGradient.Span[..users.Length].ToArray(), itemGradient.Span[..(candidates.Count * dim)].ToArray());
    }

    private sealed class Probabilities(float[] values) : IExampleSource
    {
        public int UserColumns => 1;

        public int StepsPerEpoch => 1;

        public ReadOnlySpan<float> TargetProbability => values;

        public void Fill(int epoch, int step, TrainingBatch batch) => throw new NotSupportedException();
    }
}

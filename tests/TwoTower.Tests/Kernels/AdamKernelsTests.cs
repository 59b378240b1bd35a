using TwoTower.Kernels;
using TwoTower.Training;

namespace TwoTower.Tests.Kernels;

public sealed unsafe class AdamKernelsTests
{
    [Fact]
    public void UpdateOne_FirstStep_MovesByTheLearningRate()
    {
        // t = 1: m = 0.1·g, v = 0.001·g²; corrected both are g and g², so the move is rate × g / (|g| + epsilon) = rate × sign(g)
        var (weight, first, second) = (1f, 0f, 0f);
        AdamKernels.UpdateOne(AdamStep.Create(1, 0.01, new()), -0.5f, ref weight, ref first, ref second);
        Assert.Equal(1.01f, weight, 6);
        Assert.Equal(-0.05f, first, 6);
        Assert.Equal(0.00025f, second, 8);
    }

    [Fact]
    public void UpdateOne_DecayWithoutGradient_ShrinksTheWeight()
    {
        // 2 × (1 - 0.1 × 0.5) = 1.9; no gradient, no move
        var (weight, first, second) = (2f, 0f, 0f);
        AdamKernels.UpdateOne(AdamStep.Create(3, 0.1, new() { WeightDecay = 0.5 }), 0, ref weight, ref first, ref second);
        Assert.Equal(1.9f, weight, 6);
    }

    [Fact]
    public void UpdateOne_ManySteps_FollowsTheTextbook()
    {
        var options = new TrainerOptions { WeightDecay = 0.1 };
        var (weight, first, second) = (0.7f, 0f, 0f);
        var (w, m, v) = (0.7, 0.0, 0.0);
        for (var t = 1; t <= 200; t++)
        {
            var gradient = Math.Sin(t * 0.37);
            AdamKernels.UpdateOne(AdamStep.Create(t, 0.01, options), (float)gradient, ref weight, ref first, ref second);
            (m, v) = ((0.9 * m) + (0.1 * gradient), (0.999 * v) + (0.001 * gradient * gradient));
            w = (w * (1 - (0.01 * 0.1))) - (0.01 * (m / (1 - Math.Pow(0.9, t))) / (Math.Sqrt(v / (1 - Math.Pow(0.999, t))) + 1e-8));
        }

        Assert.Equal(w, weight, 1e-4);
    }

    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void Update_AnyLevel_SameBitsAsOneByOne(string level)
    {
        var random = new Random(3);
        const int Count = 45; // two wide vectors and a rest
        float[] Draw() => [.. Enumerable.Range(0, Count).Select(_ => (float)random.NextDouble())];
        float[][] arrays = [Draw(), Draw(), Draw(), Draw()];
        var (weights, firsts, seconds) = (arrays[1].ToArray(), arrays[2].ToArray(), arrays[3].ToArray());
        var step = AdamStep.Create(7, 0.01, new() { WeightDecay = 0.1, L2Penalty = 0.01 }, 0.5);
        double norm, expected = 0;
        fixed (float* g = arrays[0], w = weights, m = firsts, v = seconds)
            norm = AdamKernels.Update(KernelLevels.Parse(level), step, g, w, m, v, Count);
        for (var k = 0; k < Count; k++)
            expected += AdamKernels.UpdateOne(step, arrays[0][k], ref arrays[1][k], ref arrays[2][k], ref arrays[3][k]);

        Assert.Equal(arrays[1], weights);
        Assert.Equal(arrays[2], firsts);
        Assert.Equal(arrays[3], seconds);
        Assert.Equal(expected, norm, 1e-4);
    }

    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void ColumnUpdate_FullWidth_SameBitsAsSummedGradientThenDenseAdam(string level) =>
        CheckColumnUpdate(KernelLevels.Parse(level), halves: false);

    [Theory]
    [MemberData(nameof(KernelLevels.Names), MemberType = typeof(KernelLevels))]
    public void ColumnUpdate_HalfWidth_SameBitsAndHalvesOfTheNewWeights(string level) =>
        CheckColumnUpdate(KernelLevels.Parse(level), halves: true);

    private static void CheckColumnUpdate(SimdLevel level, bool halves)
    {
        const int Columns = 9, Rows = 12;
        var random = new Random(4);
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
        int[] offsets = [0, 0, 1, 3, 6, 10, 15, 15, 17, 18];
        int[] rows = [.. Enumerable.Range(0, 36).Select(_ => random.Next(Rows))]; // every other one is used
        var (values, gradient, halfGradient) = (Draw(36), Draw(Rows * Slabs.Width), new int[Rows * HalfRows.Words]);
        var dense = Enumerable.Range(0, 3).Select(_ => Draw(Columns * Slabs.Width)).ToArray();
        var fused = dense.Select(part => part.ToArray()).ToArray();
        var (step, sums) = (AdamStep.Create(3, 0.01, new() { WeightDecay = 0.1 }), new float[Columns * Slabs.Width]);
        int[] halfWeight = new int[Columns * HalfRows.Words], expectedHalves = new int[Columns * HalfRows.Words];
        double squares;
        fixed (int* o = offsets, r = rows, hg = halfGradient, hw = halfWeight, eh = expectedHalves)
        fixed (float* v = values, g = gradient, sum = sums)
        fixed (float* w = fused[0], m = fused[1], s = fused[2], dw = dense[0], dm = dense[1], ds = dense[2])
        {
            Pack(g, hg, Rows);
            var update = new ColumnUpdate { Offsets = o, Rows = r, Values = v, Weight = w, FirstMoment = m, SecondMoment = s };
            if (halves)
            {
                update.HalfGradient = hg;
                update.HalfWeight = hw;
            }
            else
            {
                update.Gradient = g;
            }

            squares = update.Run(level, step, 0, 4) + update.Run(level, step, 4, Columns);
            for (var c = 0; c < Columns; c++)
            {
                var (start, count) = (offsets[c], offsets[c + 1] - offsets[c]);
                if (halves)
                    HalfRows.Sum(level, r + (2 * start), v + (2 * start), 2, count, hg, sum + (c * Slabs.Width));
                else
                    BagKernels.Sum(level, r + (2 * start), v + (2 * start), 2, count, g, Slabs.Width, sum + (c * Slabs.Width));
            }

            AdamKernels.Update(level, step, sum, dw, dm, ds, sums.Length);
            if (halves)
                Pack(dw, eh, Columns);
        }

        Assert.Equal(dense[0], fused[0]);
        Assert.Equal(dense[1], fused[1]);
        Assert.Equal(dense[2], fused[2]);
        Assert.Equal(expectedHalves, halfWeight);
        Assert.Equal(sums.Sum(x => (double)x * x), squares, 1e-2);
    }

    private static void Pack(float* rows, int* words, int count)
    {
        for (var row = 0; row < count; row++)
            HalfRows.Pack(SimdLevel.Portable, rows + (row * Slabs.Width), words + (row * HalfRows.Words));
    }
}

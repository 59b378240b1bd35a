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
        var arrays = Enumerable.Range(0, 4).Select(_ => Enumerable.Range(0, Count).Select(_ => (float)random.NextDouble()).ToArray()).ToArray();
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
    public void ColumnUpdate_Fused_SameBitsAsSummedGradientThenDenseAdam(string name)
    {
        const int Columns = 9, Rows = 12;
        var (level, random) = (KernelLevels.Parse(name), new Random(4));
        float[] Draw(int count) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextDouble())];
        int[] offsets = [0, 0, 1, 3, 6, 10, 15, 15, 17, 18], rows = [.. Enumerable.Range(0, 36).Select(_ => random.Next(Rows))]; // every other one is used
        var (values, gradient) = (Draw(36), Draw(Rows * Slabs.Width));
        var dense = Enumerable.Range(0, 3).Select(_ => Draw(Columns * Slabs.Width)).ToArray();
        var fused = dense.Select(part => part.ToArray()).ToArray();
        var (step, sums) = (AdamStep.Create(3, 0.01, new() { WeightDecay = 0.1 }), new float[Columns * Slabs.Width]);
        double squares;
        fixed (int* o = offsets, r = rows)
        fixed (float* v = values, g = gradient, w = fused[0], m = fused[1], s = fused[2], sum = sums, dw = dense[0], dm = dense[1], ds = dense[2])
        {
            var update = new ColumnUpdate { Offsets = o, Rows = r, Values = v, Gradient = g, Weight = w, FirstMoment = m, SecondMoment = s };
            squares = update.Run(level, step, 0, 4) + update.Run(level, step, 4, Columns);
            for (var c = 0; c < Columns; c++)
                BagKernels.Sum(level, r + (2 * offsets[c]), v + (2 * offsets[c]), 2, offsets[c + 1] - offsets[c], g, Slabs.Width, sum + (c * Slabs.Width));
            AdamKernels.Update(level, step, sum, dw, dm, ds, sums.Length);
        }

        Assert.Equal(dense[0], fused[0]);
        Assert.Equal(dense[1], fused[1]);
        Assert.Equal(dense[2], fused[2]);
        Assert.Equal(sums.Sum(x => (double)x * x), squares, 1e-2);
    }
}

using Retraining.Features;

namespace Retraining.Tests.Features;

public sealed class HalfLifeTests
{
    private const long DayMs = 86_400_000;

    [Fact]
    public void WeightOf_WholeHalfLives_IsAPowerOfTwo()
    {
        var halfLife = new HalfLife(4);
        for (var half = 0; half < 60; half++)
            Assert.Equal(Math.Pow(2, -half), halfLife.WeightOf(4 * half * DayMs));
    }

    [Theory]
    [InlineData(0.01)]
    [InlineData(30)]
    [InlineData(365)]
    [InlineData(1e6)]
    public void WeightOf_AnyAge_IsThePowerToThirteenDigits(double days)
    {
        var (halfLife, random) = (new HalfLife(days), new Random(1));
        for (var k = 0; k < 10_000; k++)
        {
            var age = (long)(days * DayMs * random.NextDouble() * (k % 2 == 0 ? 3 : 300));
            var exact = Math.Pow(2, -(age / (days * DayMs)));
            Assert.InRange(halfLife.WeightOf(age) / exact, 1 - 1e-13, 1 + 1e-13);
        }
    }

    [Fact]
    public void WeightOf_VeryOldLike_IsAlmostNothingButNotNothing()
    {
        var weight = new HalfLife(0.001).WeightOf(4_000 * DayMs);
        Assert.InRange(weight, double.Epsilon, 1e-300);
        Assert.Equal(weight, new HalfLife(0.001).WeightOf(9_000 * DayMs));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(1000)]
    public void Weigh_ManyLikes_GivesTheBitsOfEach(int count)
    {
        var (halfLife, random) = (new HalfLife(90), new Random(2));
        const long newest = 1_700_000_000_000;
        long[] times = [.. Enumerable.Range(0, count).Select(k => newest - (k == 0 ? 0 : random.NextInt64(20_000 * DayMs)))];
        var weights = new double[count];

        halfLife.Weigh(times, newest, weights);

        Assert.Equal(times.Select(time => halfLife.WeightOf(newest - time)), weights);
    }
}

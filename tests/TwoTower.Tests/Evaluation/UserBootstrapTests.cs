using TwoTower.Evaluation;

namespace TwoTower.Tests.Evaluation;

public sealed class UserBootstrapTests
{
    [Fact]
    public void Interval_ManyUsers_AgreesWithTheNormalApproximation()
    {
        // 1,000 values of 0 and 1 at a share of 0.3: standard error sqrt(0.3·0.7/1000) = 0.01449
        var values = Enumerable.Range(0, 1000).Select(i => i % 10 < 3 ? 1.0 : 0).ToArray();
        var interval = new UserBootstrap { Resamples = 4000 }.Interval(values, CancellationToken.None);

        Assert.Equal(0.3, interval.Mean, 12);
        Assert.InRange(interval.StandardError, 0.0138, 0.0152);
        Assert.InRange(interval.Low, 0.3 - 1.96 * 0.0145 - 0.004, 0.3 - 1.96 * 0.0145 + 0.004);
        Assert.InRange(interval.High, 0.3 + 1.96 * 0.0145 - 0.004, 0.3 + 1.96 * 0.0145 + 0.004);
    }

    [Fact]
    public void Interval_TrueMean_IsCoveredAtTheConfidence()
    {
        // 300 samples of 60 skewed values (exponential, mean 1): about 95 % of the intervals hold the 1
        var random = new Random(11);
        var covered = 0;
        for (var trial = 0; trial < 300; trial++)
        {
            var sample = Enumerable.Range(0, 60).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray();
            var interval = new UserBootstrap { Resamples = 400, Seed = trial }.Interval(sample, CancellationToken.None);
            covered += interval.Low <= 1 && 1 <= interval.High ? 1 : 0;
        }

        Assert.InRange(covered / 300.0, 0.89, 0.985);
    }

    [Fact]
    public void Intervals_PairedDifference_IsNarrowerThanTheModelsOwn()
    {
        var random = new Random(1);
        var challenger = new UserMetrics(["recall@10"], 500);
        var champion = new UserMetrics(["recall@10"], 500);
        for (var u = 0; u < 500; u++)
        {
            champion["recall@10"][u] = random.NextDouble();
            challenger["recall@10"][u] = champion["recall@10"][u] + 0.02;
        }

        var bootstrap = new UserBootstrap();
        var own = bootstrap.Intervals(challenger, CancellationToken.None)["recall@10"];
        var paired = bootstrap.Intervals(challenger.Minus(champion), CancellationToken.None)["recall@10"];

        Assert.Equal(0.02, paired.Mean, 9);
        Assert.InRange(paired.High - paired.Low, 0, 1e-9);
        Assert.True(own.High - own.Low > 0.03);
    }

    [Fact]
    public void Intervals_SameSeedAnyThreads_AreTheSame()
    {
        var random = new Random(2);
        var metrics = new UserMetrics(["a", "b"], 100);
        foreach (var name in metrics.Names)
        {
            for (var u = 0; u < 100; u++)
                metrics[name][u] = random.NextDouble();
        }

        var one = new UserBootstrap { Threads = 1 }.Intervals(metrics, CancellationToken.None);
        var many = new UserBootstrap { Threads = 4 }.Intervals(metrics, CancellationToken.None);
        Assert.Equal(one["b"], many["b"]);
        Assert.NotEqual(one["b"], new UserBootstrap { Seed = 8 }.Intervals(metrics, CancellationToken.None)["b"]);
    }

    [Fact]
    public void Interval_UndefinedUsers_AreLeftOut()
    {
        var interval = new UserBootstrap().Interval([1, double.NaN, 1], CancellationToken.None);
        Assert.Equal((1, 2), (interval.Mean, interval.Users));
    }

    [Fact]
    public void Interval_NoUsers_Throws() =>
        Assert.Throws<ArgumentException>(() => new UserBootstrap().Interval([], CancellationToken.None));

    [Fact]
    public void DetectableLoss_NinetyFiveAndEightyPercent_IsTwoAndAHalfStandardErrors() =>
        // 1.6449 + 0.8416
        Assert.Equal(2.4865 * 0.01, new UserBootstrap { Confidence = 0.95 }.DetectableLoss(0.01, power: 0.8), 5);
}

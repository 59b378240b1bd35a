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
        var paired = Assert.Single(bootstrap.Intervals([new UserValues(challenger, "recall@10", champion)], CancellationToken.None));

        Assert.Equal(0.02, paired.Mean, 9);
        Assert.InRange(paired.High - paired.Low, 0, 1e-8);
        Assert.True(own.High - own.Low > 0.03);
    }

    [Fact]
    public void Intervals_SameSeedAnyThreads_AreTheSame()
    {
        var random = new Random(2);
        var metrics = new UserMetrics(["a", "b"], 5000);
        foreach (var name in metrics.Names)
        {
            for (var u = 0; u < 5000; u++)
                metrics[name][u] = random.NextDouble();
        }

        var one = new UserBootstrap { Threads = 1 }.Intervals(metrics, CancellationToken.None);
        var many = new UserBootstrap { Threads = 4 }.Intervals(metrics, CancellationToken.None);
        Assert.Equal(one["b"], many["b"]);
        Assert.NotEqual(one["b"], new UserBootstrap { Seed = 8 }.Intervals(metrics, CancellationToken.None)["b"]);
    }

    [Theory]
    [InlineData(37)]
    [InlineData(5000)] // three blocks of users
    public void Intervals_ValuesOfAllAndOfSomeUsers_AgreeWithOneResampleAfterTheOther(int users)
    {
        var random = new Random(3);
        var (challenger, champion) = (new UserMetrics(["a", "b"], users), new UserMetrics(["a", "b"], users));
        for (var u = 0; u < users; u++)
        {
            foreach (var name in challenger.Names)
            {
                challenger[name][u] = random.NextDouble();
                champion[name][u] = name == "b" && u % 7 == 0 ? double.NaN : random.NextDouble();
            }
        }

        bool[] some = [.. Enumerable.Range(0, users).Select(u => u % 3 == 0)];
        UserValues[] values =
        [
            new(challenger, "a"), new(champion, "b"), new(challenger, "a", champion), new(challenger, "b", champion, some),
            new(challenger, "a", counted: some),
        ];
        var bootstrap = new UserBootstrap { Resamples = 150, Seed = 5 };
        var found = bootstrap.Intervals(values, CancellationToken.None);
        for (var v = 0; v < values.Length; v++)
        {
            var expected = Plain(values[v], bootstrap);
            Assert.Equal((expected.Mean, expected.Users), (found[v].Mean, found[v].Users));
            Assert.Equal(expected.Low, found[v].Low, 1e-6);
            Assert.Equal(expected.High, found[v].High, 1e-6);
            Assert.Equal(expected.StandardError, found[v].StandardError, 1e-6);
        }
    }

    /// <summary>The same without a matrix product: every resample's mean on its own.</summary>
    private static ConfidenceInterval Plain(UserValues values, UserBootstrap bootstrap)
    {
        var own = new double[values.Users];
        values.CopyTo(0, own);
        var means = new double[bootstrap.Resamples];
        for (var resample = 0; resample < means.Length; resample++)
        {
            var (sum, count) = (0.0, 0);
            for (var user = 0; user < own.Length; user++)
            {
                var drawn = double.IsNaN(own[user]) ? 0 : ResampleCounts.Count(bootstrap.Seed, resample, user);
                sum += drawn == 0 ? 0 : drawn * own[user];
                count += drawn;
            }

            means[resample] = sum / count;
        }

        return BcaInterval.Of(UserMoments.Of(values), means, bootstrap.Confidence);
    }

    [Fact]
    public void Fill_ManyUsers_IsPoissonAndTheSameAsOneByOne()
    {
        const int Users = 160_000;
        var counts = new float[Users];
        ResampleCounts.Fill(seed: 1, resample: 2, firstUser: 16, counts);
        for (var user = 0; user < 1000; user++)
            Assert.Equal(ResampleCounts.Count(1, 2, 16 + user), counts[user]);

        // shares of 0, 1, 2, 3 draws: 1/e, 1/e, 1/2e, 1/6e; the standard error of a share is at most 0.0013
        foreach (var (drawn, share) in new[] { (0, 0.3679), (1, 0.3679), (2, 0.1839), (3, 0.0613) })
            Assert.Equal(share, counts.Count(count => count == drawn) / (double)Users, 0.005);
        Assert.InRange(counts.Max(), 6, 12);
    }

    [Theory]
    [InlineData(0.6, 400)]
    [InlineData(0.8, 400)]
    public void DetectableLoss_SimulatedLoss_IsShownThatOften(double power, int trials)
    {
        // 200 users whose difference has a standard deviation of 0.3: a standard error of 0.0212
        var random = new Random(4);
        double Noise() => 0.3 * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var loss = new UserBootstrap().DetectableLoss(0.3 / Math.Sqrt(200), power);
        var shown = 0;
        for (var trial = 0; trial < trials; trial++)
        {
            double[] difference = [.. Enumerable.Range(0, 200).Select(_ => Noise() - loss)];
            shown += new UserBootstrap { Resamples = 300, Seed = trial }.Interval(difference, CancellationToken.None).High < 0 ? 1 : 0;
        }

        Assert.Equal(power, (double)shown / trials, 0.08); // three standard errors are 0.07
    }

    [Fact]
    public void Intervals_MetricsOfOtherUsers_Throw()
    {
        var error = Assert.Throws<ArgumentException>(() => new UserBootstrap().Intervals(
            [new(new UserMetrics(["a"], 3), "a"), new(new UserMetrics(["b"], 4), "b")], CancellationToken.None));
        Assert.Contains("b: 4 users, expected 3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new UserValues(new UserMetrics(["a"], 3), "a", new UserMetrics(["b"], 3)));
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
    public void DetectableLoss_NinetyFiveAndEightyPercent_IsTwoPointEightStandardErrors() =>
        // 1.9600 + 0.8416
        Assert.Equal(2.8016 * 0.01, new UserBootstrap { Confidence = 0.95 }.DetectableLoss(0.01, power: 0.8), 5);
}

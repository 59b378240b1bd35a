using TwoTower.Evaluation;
using TwoTower.Factorisation;

namespace TwoTower.Tests.Factorisation;

public sealed class ImplicitAlsTests
{
    [Fact]
    public void Fit_OneUserOneItem_ReachesTheFixedPoint()
    {
        // One factor, α = 0.5, λ = 0.1: u = v / (0.5·v² + v² + 0.1·1.5), and the same for v. At the fixed point u = v = x with
        // 1 = 1 / (1.5·x² + 0.15)·1, so x² = (1 − 0.15) / 1.5
        var options = new ImplicitAlsOptions { Dim = 1, UnobservedWeight = 0.5, Regularisation = 0.1, Sweeps = 200 };
        var factors = new ImplicitAls(options).Fit(ItemSets.From([[0]]), 1, null, CancellationToken.None);
        Assert.Equal(0.85 / 1.5, factors.Users[0] * factors.Items[0], 4);
    }

    [Fact]
    public void Fit_ManySweeps_SolvesTheEquationsOfEveryUser()
    {
        // what an exact solver would give: (α Σ y yᵀ + Σ v vᵀ + λ (n + α · items)) u = Σ v over all items y and the user's own v
        var random = new Random(3);
        var positives = ItemSets.From(Enumerable.Range(0, 40).Select(_ => Enumerable.Range(0, 6).Select(_ => random.Next(30)).ToArray()));
        var options = new ImplicitAlsOptions { Dim = 5, UnobservedWeight = 0.3, Regularisation = 0.05, Sweeps = 40 };
        var factors = new ImplicitAls(options).Fit(positives, 30, null, CancellationToken.None);
        var liked = positives.Transpose(30);
        var occupied = Enumerable.Range(0, 30).Count(item => !liked[item].IsEmpty);
        for (var user = 0; user < 40; user++)
        {
            var left = new double[5];
            var own = positives[user].ToArray();
            for (var item = 0; item < 30; item++)
            {
                var weight = 0.3 + (own.Contains(item) ? 1 : 0);
                for (var d = 0; d < 5; d++)
                    left[d] += factors.Items[(item * 5) + d] * ((weight * Score(factors, user, item)) - (own.Contains(item) ? 1 : 0));
            }

            for (var d = 0; d < 5; d++)
                Assert.Equal(0, left[d] + (0.05 * (own.Length + (0.3 * occupied)) * factors.Users[(user * 5) + d]), 3);
        }
    }

    [Fact]
    public void Fit_TwoGroups_PrefersTheOwnGroup()
    {
        // users 0 to 9 like items 0 to 4, users 10 to 19 items 5 to 9; each misses one item of the group
        var positives = ItemSets.From(Enumerable.Range(0, 20).Select(u => Enumerable.Range(u < 10 ? 0 : 5, 5).Where(i => i % 5 != u % 5)));
        var factors = new ImplicitAls(new() { Dim = 4 }).Fit(positives, 10, null, CancellationToken.None);
        for (var u = 0; u < 20; u++)
        {
            var missing = (u < 10 ? 0 : 5) + (u % 5);
            for (var other = u < 10 ? 5 : 0; other < (u < 10 ? 10 : 5); other++)
                Assert.True(Score(factors, u, missing) > Score(factors, u, other) + 0.2f);
        }
    }

    [Fact]
    public void Fit_OneAndManyThreads_GiveTheSameBits()
    {
        var random = new Random(4);
        var positives = ItemSets.From(Enumerable.Range(0, 300).Select(_ => Enumerable.Range(0, 12).Select(_ => random.Next(1500)).ToArray()));
        var one = new ImplicitAls(new() { Dim = 8, Sweeps = 2, Threads = 1 }).Fit(positives, 1500, null, CancellationToken.None);
        var many = new ImplicitAls(new() { Dim = 8, Sweeps = 2, Threads = 4 }).Fit(positives, 1500, null, CancellationToken.None);
        Assert.Equal(one.Users, many.Users);
        Assert.Equal(one.Items, many.Items);
    }

    [Fact]
    public void Fit_UserWithoutItems_HasZeros()
    {
        var factors = new ImplicitAls(new() { Dim = 2 }).Fit(ItemSets.From([[0, 1], [], [1]]), 3, null, CancellationToken.None);
        Assert.Equal([0, 0], factors.Users[2..4]);
        Assert.Equal([0, 0], factors.Items[4..6]);
    }

    private static float Score(Factors factors, int user, int item)
    {
        var sum = 0f;
        for (var d = 0; d < factors.Dim; d++)
            sum += factors.Users[(user * factors.Dim) + d] * factors.Items[(item * factors.Dim) + d];
        return sum;
    }
}

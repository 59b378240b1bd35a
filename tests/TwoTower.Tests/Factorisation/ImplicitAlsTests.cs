using TwoTower.Factorisation;

namespace TwoTower.Tests.Factorisation;

public sealed class ImplicitAlsTests
{
    [Fact]
    public void Sweep_OneUserOneItem_ReachesTheFixedPoint()
    {
        // One factor, α = 0.5, λ = 0.1: u = v / (0.5·v² + v² + 0.1·1.5), and the same for v. At the fixed point u = v = x with
        // 1 = 1 / (1.5·x² + 0.15)·1, so x² = (1 − 0.15) / 1.5
        var options = new ImplicitAlsOptions { Dim = 1, UnobservedWeight = 0.5, Regularisation = 0.1, Sweeps = 200 };
        var factors = Fit(options, Likes([0]), 1);
        Assert.Equal(0.85 / 1.5, factors.Users[0] * factors.Items[0], 4);
    }

    [Fact]
    public void Sweep_LikeOfWeightThree_ReachesItsOwnFixedPoint()
    {
        // As above with w = 3: u = 3v / (0.5·v² + 3·v² + 0.1·(3 + 0.5)), so 3.5·x² + 0.35 = 3 and x² = 2.65 / 3.5
        var options = new ImplicitAlsOptions { Dim = 1, UnobservedWeight = 0.5, Regularisation = 0.1, Sweeps = 200 };
        var factors = Fit(options, Preferences.From([[(0, 3)]]), 1);
        Assert.Equal(2.65 / 3.5, factors.Users[0] * factors.Items[0], 4);
    }

    [Theory]
    [InlineData("likes alike")]
    [InlineData("likes of several weights")]
    [InlineData("likes and dislikes")]
    public void Sweep_ManySweeps_SolvesTheEquationsOfEveryUser(string kind)
    {
        var preferences = Random(kind, users: 40, items: 30);
        var options = new ImplicitAlsOptions { Dim = 5, UnobservedWeight = 0.3, Regularisation = 0.05, Sweeps = 40 };
        var factors = Fit(options, preferences, 30);
        for (var user = 0; user < 40; user++)
        {
            var found = factors.Users[(user * 5)..((user + 1) * 5)].Select(value => (double)value);
            Assert.Equal(AlsReference.Solve(preferences, user, factors.Items, options), found, (a, b) => Math.Abs(a - b) < 1e-3);
        }
    }

    [Fact]
    public void Sweep_TwoGroups_PrefersTheOwnGroup()
    {
        // users 0 to 9 like items 0 to 4, users 10 to 19 items 5 to 9; each misses one item of the group
        var groups = Enumerable.Range(0, 20).Select(u => Enumerable.Range(u < 10 ? 0 : 5, 5).Where(i => i % 5 != u % 5).ToArray());
        var likes = Likes([.. groups]);
        var factors = Fit(new() { Dim = 4 }, likes, 10);
        for (var u = 0; u < 20; u++)
        {
            var missing = (u < 10 ? 0 : 5) + (u % 5);
            for (var other = u < 10 ? 5 : 0; other < (u < 10 ? 10 : 5); other++)
                Assert.True(Score(factors, u, missing) > Score(factors, u, other) + 0.2f);
        }
    }

    [Fact]
    public void Sweep_LikeOfLittleWeight_MovesTheFactorsLess()
    {
        // users 0 to 9 like items 0 to 4; user 0 likes item 5 of the other group, too
        float OfWeight(float weight)
        {
            var rows = Enumerable.Range(0, 20).Select(u => Enumerable.Range(u < 10 ? 0 : 5, 5).Select(item => (item, 1f)));
            rows = rows.Select((row, user) => user == 0 ? row.Append((5, weight)) : row);
            var factors = Fit(new() { Dim = 4 }, Preferences.From(rows), 10);
            return Score(factors, 0, 5);
        }

        Assert.True(OfWeight(0.01f) < OfWeight(0.2f) && OfWeight(0.2f) < OfWeight(1));
    }

    [Fact]
    public void Sweep_Dislike_LowersThePairAndWhatIsLikeIt()
    {
        // a user of the first group who has turned down item 4 is drawn to it less than one who has not seen it
        float[] OfWeight(params (int Item, float Weight)[] dislikes)
        {
            var rows = Enumerable.Range(0, 20).Select(u => Enumerable.Range(u < 10 ? 0 : 5, 5).Select(item => (item, 1f)));
            rows = rows.Select((row, user) => user == 0 ? row.Where(pair => pair.item != 4).Concat(dislikes) : row);
            var factors = Fit(new() { Dim = 4 }, Preferences.From(rows), 10);
            return [Score(factors, 0, 4), Score(factors, 0, 0)];
        }

        float[] without = OfWeight(), with = OfWeight((4, -1));
        Assert.True(with[0] < without[0] - 0.05f, $"{with[0]} after the dislike, {without[0]} before");
        Assert.True(with[1] > with[0]);
    }

    [Fact]
    public void Sweep_OneAndManyThreads_GiveTheSameBits()
    {
        var preferences = Random("likes and dislikes", users: 300, items: 1500);
        var one = Fit(new() { Dim = 8, Sweeps = 2, Threads = 1 }, preferences, 1500);
        var many = Fit(new() { Dim = 8, Sweeps = 2, Threads = 4 }, preferences, 1500);
        Assert.Equal(one.Users, many.Users);
        Assert.Equal(one.Items, many.Items);
    }

    [Fact]
    public void Continue_AfterEachSweep_GivesTheSameBits()
    {
        var preferences = Random("likes of several weights", users: 60, items: 50);
        var options = new ImplicitAlsOptions { Dim = 8, Sweeps = 4 };
        var whole = Fit(options, preferences, 50);

        var piece = new ImplicitAls(options, preferences, 50);
        while (piece.HasSweepsLeft)
        {
            piece.Sweep(CancellationToken.None);
            var (factors, done) = (new Factors([.. piece.Factors.Users], [.. piece.Factors.Items], 8), piece.SweepsDone);
            piece = new ImplicitAls(options, preferences, 50);
            piece.Continue(factors, done);
        }

        var pieces = piece.Finish(CancellationToken.None);
        Assert.Equal(whole.Users, pieces.Users);
        Assert.Equal(whole.Items, pieces.Items);
        Assert.Throws<ArgumentException>(() => new ImplicitAls(options, preferences, 51).Continue(whole, 1));
    }

    [Fact]
    public void Sweep_UserOrItemWithoutLikes_HasZeros()
    {
        var factors = Fit(new() { Dim = 2 }, Preferences.From([[(0, 1), (1, 1)], [(0, -2)], [(1, 1), (2, -1)]]), 4);
        Assert.Equal([0, 0], factors.Users[2..4]);
        Assert.Equal([0, 0, 0, 0], factors.Items[4..8]);
    }

    [Fact]
    public void Sweep_Cancelled_Stops()
    {
        using var stop = new CancellationTokenSource();
        var factorisation = new ImplicitAls(new() { Dim = 2 }, Likes([0, 1], [1]), 2);
        factorisation.Sweep(stop.Token);
        stop.Cancel();
        var before = factorisation.Factors.Users.ToArray();
        Assert.ThrowsAny<OperationCanceledException>(() => factorisation.Sweep(stop.Token));
        Assert.Equal(before, factorisation.Factors.Users);
        Assert.Equal(1, factorisation.SweepsDone);
    }

    private static Factors Fit(ImplicitAlsOptions options, Preferences preferences, int items)
    {
        var factorisation = new ImplicitAls(options, preferences, items);
        while (factorisation.HasSweepsLeft)
            factorisation.Sweep(CancellationToken.None);
        return factorisation.Finish(CancellationToken.None);
    }

    private static Preferences Likes(params int[][] users) => Preferences.From(users.Select(items => items.Select(item => (item, 1f))));

    /// <summary>Six pairs a user; the kind says of which weights.</summary>
    private static Preferences Random(string kind, int users, int items)
    {
        var random = new Random(3);
        return Preferences.From(Enumerable.Range(0, users).Select(_ => Enumerable.Range(0, 6).Select(k => (random.Next(items), kind switch
        {
            "likes alike" => 1,
            "likes of several weights" => (k + 1) / 3f,
            _ => k < 2 ? -0.4f * (k + 1) : 1,
        })).ToArray()));
    }

    private static float Score(Factors factors, int user, int item)
    {
        var sum = 0f;
        for (var d = 0; d < factors.Dim; d++)
            sum += factors.Users[(user * factors.Dim) + d] * factors.Items[(item * factors.Dim) + d];
        return sum;
    }
}

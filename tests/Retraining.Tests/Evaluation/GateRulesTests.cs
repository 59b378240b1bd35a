using System.Globalization;
using System.Text.RegularExpressions;
using Retraining.Evaluation;
using TwoTower.Evaluation;
using TwoTower.Model;

namespace Retraining.Tests.Evaluation;

public sealed class GateRulesTests
{
    private static readonly GateRules Rules = new(new() { MaxLoss = 0.05 });

    [Fact]
    public void NotWorse_SameForEveryUser_Passes()
    {
        double[] values = [0.1, 0.2, 0.3];
        var rule = NotWorse(values, values);
        Assert.True(rule.Passed);
        Assert.Equal((0, 0, 0), (rule.Value, rule.Low, rule.High));
    }

    [Theory]
    [InlineData(20_000, 100, true, true)] // 1 % is shown, and that it is no more than 5 %
    [InlineData(5_000, 21, true, false)] // 4.8 % is shown, and it may be 5.2 %
    [InlineData(20_000, 15, true, false)] // 6.7 %
    [InlineData(40, 40, false, true)] // 2.5 % by the estimate, one user alone: not shown
    [InlineData(30, 14, false, false)] // 6.7 % by the estimate, two users alone: not shown, and still too much
    public void NotWorse_EveryFewUsersLoseAll_IsRefusedByTheEstimateOrByWhatIsShown(int users, int every, bool shown, bool passes)
    {
        double[] champion = [.. Enumerable.Repeat(0.2, users)];
        double[] challenger = [.. champion.Select((value, user) => user % every == every - 1 ? 0 : value)];
        var rule = NotWorse(challenger, champion);
        Assert.Equal(shown, rule.High < 0);
        Assert.Equal(passes, rule.Passed);
        Assert.Equal(rule.Passed, rule.Value >= rule.Threshold);
    }

    [Fact]
    public void NotWorse_FewNoisyUsers_PassesAndReportsItsPower()
    {
        // as good on average; twelve users cannot show more
        double[] champion = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
        double[] challenger = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0];
        var rule = NotWorse(challenger, champion);
        Assert.True(rule.Passed);
        Assert.Contains("no difference shown, expected a loss of no more than 5.0 %", rule.Explanation, StringComparison.Ordinal);
        // of a difference with standard error sqrt(1/12), 0.577 of the champion's 0.5: 0.05 + 0.8416 × 0.577 = 0.536
        Assert.Matches("a true loss of 5[0-9]\\.[0-9] % would be refused in 4 of 5 cases", rule.Explanation);
    }

    [Theory]
    [InlineData(0, 0.05, 0.25)] // the estimate of one that is as good is off by 5 % in about 14 of 100 weeks
    [InlineData(0.1, 0.75, 0.97)]
    [InlineData(0.3, 0.98, 1)]
    public void NotWorse_SixHundredUsers_RefusesWhatIsTrulyWorse(double loss, double least, double most) =>
        Assert.InRange(new GateSimulation(new() { Resamples = 400 }, users: 600).Refused(loss, weeks: 100), least, most);

    [Theory]
    [InlineData(600)] // the estimate decides
    [InlineData(2_500)] // what is shown decides
    public void NotWorse_LossThatItSaysItRefuses_IsRefusedInFourOfFiveWeeks(int users)
    {
        var settings = new GateSettings { Resamples = 400 };
        double[][] week = new GateSimulation(settings, users).Measure(new(1), 1, 1);
        var told = new GateRules(settings).NotWorse(GateRules.Champion, week[1], week[0], "x", default).Explanation;
        var share = Regex.Match(told, "true loss of ([0-9.]+) %").Groups[1].Value;
        var loss = double.Parse(share, CultureInfo.InvariantCulture) / 100;
        Assert.InRange(new GateSimulation(settings, users).Refused(loss, weeks: 200), 0.7, 0.9);
    }

    [Fact]
    public void NotWorse_AYearOfSmallLosses_IsStoppedByTheReferenceAlone()
    {
        // every challenger truly loses 1 % against the champion of its week, which nobody sees in a week
        var simulation = new GateSimulation(new() { Resamples = 200 }, users: 600);
        var held = Enumerable.Range(0, 5).Select(seed => simulation.Year(0.01, withReference: true, seed).Quality).ToArray();
        var loose = Enumerable.Range(0, 5).Select(seed => simulation.Year(0.01, withReference: false, seed).Quality).ToArray();
        Assert.InRange(held.Average(), 0.84, 0.95);
        Assert.InRange(loose.Average(), 0.5, 0.75);
    }

    [Theory]
    [InlineData(-0.02, -0.011, false)] // more than a tenth of 0.1 is shown to be lost
    [InlineData(-0.05, -0.009, true)] // it may be half, and a tenth is not shown
    [InlineData(0.01, 0.02, true)]
    public void NotWorseInSegments_LossAmongNewUsers_IsRefusedWhereTooMuchIsShown(double low, double high, bool passes)
    {
        var found = new GateFinding("new_users", "recall@10", 50, (low + high) / 2, low, high, 0.01, Champion: 0.1);
        var rule = Assert.Single(Rules.NotWorseInSegments([found with { Segment = "all" }, found, found with { Segment = "cold_items" }]));
        Assert.Equal(("not-worse-than-champion-in-new-users", passes), (rule.Name, rule.Passed));
        Assert.Equal(passes, rule.Value >= rule.Threshold);
    }

    [Fact]
    public void NotCollapsed_OneDimension_Fails() =>
        Assert.False(Rules.NotCollapsed(new EmbeddingHealth { NonFinite = 0, Spread = 0.1, EffectiveDimensions = 1 }).Passed);

    [Fact]
    public void FiniteWeights_OneNotANumber_Fails()
    {
        var model = TwoTowerModel.Create(new() { UserInputDim = 3, ItemInputDim = 3, HiddenDim = 2, EmbeddingDim = 2 }, seed: 1);
        Assert.True(GateRules.FiniteWeights(model).Passed);
        model.Item.Skip[1] = float.NaN;
        Assert.Equal((1, false), (GateRules.FiniteWeights(model).Value, GateRules.FiniteWeights(model).Passed));
    }

    [Fact]
    public void AbovePopularity_Equal_Fails() => Assert.False(Rules.AbovePopularity(0.1, 0.1).Passed);

    private static GateRule NotWorse(double[] challenger, double[] champion) =>
        Rules.NotWorse(GateRules.Champion, challenger, champion, "20260101_000000", CancellationToken.None);
}

using Retraining.Evaluation;
using TwoTower.Evaluation;
using TwoTower.Model;

namespace Retraining.Tests.Evaluation;

public sealed class GateRulesTests
{
    private static readonly GateRules Rules = new(new() { MaxLoss = 0.05 });

    [Fact]
    public void NotWorseThanChampion_SameForEveryUser_Passes()
    {
        double[] values = [0.1, 0.2, 0.3];
        var rule = Rules.NotWorseThanChampion(values, values, "20260101_000000", CancellationToken.None);
        Assert.True(rule.Passed);
        Assert.Equal(0, rule.Value);
    }

    [Fact]
    public void NotWorseThanChampion_EveryUserLosesATenth_Fails()
    {
        double[] champion = [.. Enumerable.Range(0, 200).Select(user => user % 3 * 0.1)];
        double[] challenger = [.. champion.Select(value => value * 0.9)];
        Assert.False(Rules.NotWorseThanChampion(challenger, champion, "20260101_000000", CancellationToken.None).Passed);
    }

    [Fact]
    public void NotWorseThanChampion_FewNoisyUsers_PassesAndReportsItsPower()
    {
        // as good on average; twelve users cannot show more
        double[] champion = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
        double[] challenger = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0];
        var rule = Rules.NotWorseThanChampion(challenger, champion, "20260101_000000", CancellationToken.None);
        Assert.True(rule.Passed);
        Assert.Contains("no difference shown; a loss of 0.7", rule.Explanation, StringComparison.Ordinal);
        Assert.Contains("would be found in 4 of 5 cases", rule.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void NotWorseThanChampion_SmallLossShownOnManyUsers_PassesUpToWhatIsAllowed()
    {
        // 20,000 users, of whom every hundredth loses all: shown to be worse, by about 1 % of the champion's value
        double[] champion = [.. Enumerable.Repeat(0.2, 20_000)];
        double[] Losing(int every) => [.. champion.Select((value, user) => user % every == 0 ? 0 : value)];
        Assert.True(Rules.NotWorseThanChampion(Losing(100), champion, "20260101_000000", CancellationToken.None).Passed);
        Assert.False(Rules.NotWorseThanChampion(Losing(15), champion, "20260101_000000", CancellationToken.None).Passed); // 6.7 %
    }

    [Theory]
    [InlineData(0, 0, 0.12)] // no worse: refused in about 5 of 100 weeks
    [InlineData(0.1, 0.2, 0.7)] // what a hold-out of this size sees less often than not
    [InlineData(0.3, 0.9, 1)]
    public void NotWorseThanChampion_SixHundredUsers_RefusesWhatIsTrulyWorse(double loss, double least, double most)
    {
        // recall@10 of two models as 600 users of a small service give it: 1 to 10 targets, a hit with probability 0.1, and two models in three
        // agree on a hit. In the worse model a share of the hits is lost.
        var refused = 0;
        const int Weeks = 100;
        for (var week = 0; week < Weeks; week++)
        {
            var random = new Random(week);
            var (champion, challenger) = (new double[600], new double[600]);
            for (var user = 0; user < 600; user++)
            {
                var targets = 1 + random.Next(10);
                for (var k = 0; k < targets; k++)
                {
                    var hit = random.NextDouble() < 0.1;
                    var other = random.NextDouble() < 2.0 / 3 ? hit : random.NextDouble() < 0.1;
                    champion[user] += hit ? 1.0 / targets : 0;
                    challenger[user] += other && random.NextDouble() >= loss ? 1.0 / targets : 0;
                }
            }

            var rules = new GateRules(new() { Resamples = 400 });
            refused += rules.NotWorseThanChampion(challenger, champion, "20260101_000000", CancellationToken.None).Passed ? 0 : 1;
        }

        Assert.InRange((double)refused / Weeks, least, most);
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
}

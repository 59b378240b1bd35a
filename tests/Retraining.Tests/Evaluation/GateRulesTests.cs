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
    public void NotWorseThanChampion_FewNoisyUsers_FailsForWantOfPower()
    {
        // as good on average, but twelve users cannot show that the loss is below a twentieth
        double[] champion = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
        double[] challenger = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0];
        var rule = Rules.NotWorseThanChampion(challenger, champion, "20260101_000000", CancellationToken.None);
        Assert.False(rule.Passed);
        Assert.Contains("would be found in 4 of 5 cases", rule.Explanation, StringComparison.Ordinal);
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

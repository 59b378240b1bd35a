using TwoTower.Factorisation;

namespace TwoTower.Tests.Factorisation;

public sealed class PreferencesTests
{
    [Fact]
    public void From_PairsInAnyOrder_SortsThemAndLetsTheLastOfRepeatsCount()
    {
        var preferences = Preferences.From([[(4, 1), (1, -0.5f), (4, 2)], []]);
        Assert.Equal((2, 2), (preferences.Users, preferences.Count));
        Assert.Equal([1, 4], preferences.Items(0).ToArray());
        Assert.Equal([-0.5f, 2], preferences.Weights(0).ToArray());
        Assert.Equal(2.5, preferences.TotalWeight(0));
        Assert.True(preferences.Items(1).IsEmpty);
    }

    [Fact]
    public void From_AllOfWeightOne_KeepsNoWeights()
    {
        var preferences = Preferences.From([[(1, 1), (3, 1)]]);
        Assert.True(preferences.Weights(0).IsEmpty);
        Assert.Equal(2, preferences.TotalWeight(0));
    }

    [Fact]
    public void HasLikes_DislikesAlone_IsFalse()
    {
        var preferences = Preferences.From([[(0, -1)], [(0, -1), (1, 0.1f)], []]);
        Assert.Equal([false, true, false], Enumerable.Range(0, 3).Select(preferences.HasLikes));
    }

    [Fact]
    public void Transpose_WeightedPairs_KeepsEachWeight()
    {
        var items = Preferences.From([[(0, 2), (2, -1)], [(2, 0.5f)]]).Transpose(3);
        Assert.Equal([0, 1], items.Items(2).ToArray());
        Assert.Equal([-1, 0.5f], items.Weights(2).ToArray());
        Assert.Equal([2f], items.Weights(0).ToArray());
        Assert.True(items.Items(1).IsEmpty);
    }
}

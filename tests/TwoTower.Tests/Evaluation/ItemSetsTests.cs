using TwoTower.Evaluation;

namespace TwoTower.Tests.Evaluation;

public sealed class ItemSetsTests
{
    [Fact]
    public void From_RepeatsAndDisorder_GivesAscendingSets()
    {
        var sets = ItemSets.From([[3, 1, 3], [], [2]]);
        Assert.Equal([1, 3], sets[0].ToArray());
        Assert.True(sets[1].IsEmpty);
        Assert.True(sets.Contains(2, 2));
        Assert.False(sets.Contains(2, 3));
    }

    [Fact]
    public void Select_Users_KeepsTheGivenOrder()
    {
        var sets = ItemSets.From([[1], [2, 5], [3]]).Select([1, 0]);
        Assert.Equal([2, 5], sets[0].ToArray());
        Assert.Equal([1], sets[1].ToArray());
    }
}

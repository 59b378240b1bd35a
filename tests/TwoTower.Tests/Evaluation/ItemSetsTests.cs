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

    [Fact]
    public void Transpose_Items_GetTheirUsers()
    {
        var users = ItemSets.From([[0, 2], [], [2]]).Transpose(4);
        Assert.Equal([0], users[0].ToArray());
        Assert.True(users[1].IsEmpty);
        Assert.Equal([0, 2], users[2].ToArray());
        Assert.Equal(4, users.Users);
    }
}

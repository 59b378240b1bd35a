using Retraining.Dataset;

namespace Retraining.Tests.Dataset;

public sealed class EventBufferTests
{
    [Fact]
    public void Order_OneDecisionPerPair_TheNewestThenThePositiveThenTheHeavier()
    {
        var buffer = new EventBuffer();
        SnapshotEvent[] added =
        [
            new(0, 0, 5, 1, true), new(0, 0, 7, 1, false), // newer
            new(0, 1, 7, 2, false), new(0, 1, 7, 1, true), // as old and positive
            new(1, 0, 3, 1, true), new(1, 0, 3, 2, true), // as old, positive and heavier
            new(1, 1, 1, 1, true),
        ];
        foreach (var decision in added)
            buffer.Add(decision);

        Assert.Equal(
            [new(0, 0, 7, 1, false), new(0, 1, 7, 1, true), new(1, 1, 1, 1, true), new(1, 0, 3, 2, true)],
            buffer.Order([0, 1], [0, 1]));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Order_ManyDecisions_AgreesWithThePlainWay(bool inOrderOfTime)
    {
        const int Users = 50, Items = 30;
        var random = new Random(7);
        var buffer = new EventBuffer();
        var added = Enumerable.Range(0, 20_000).Select(i => new SnapshotEvent(
            random.Next(Users), random.Next(Items), inOrderOfTime ? i : random.Next(100), 1 + random.Next(2), random.Next(2) > 0)).ToArray();
        int[] userRank = [.. Enumerable.Range(0, Users)], itemRank = [.. Enumerable.Range(0, Items)];
        random.Shuffle(userRank);
        random.Shuffle(itemRank);
        foreach (var decision in added)
            buffer.Add(decision);

        var expected = added.Select(e => e with { User = userRank[e.User], Item = itemRank[e.Item] })
            .GroupBy(e => (e.User, e.Item)).Select(pair => pair.OrderBy(e => e.TimeMs).ThenBy(e => e.Positive).ThenBy(e => e.Weight).Last())
            .OrderBy(e => e.User).ThenBy(e => e.TimeMs).ThenBy(e => e.Item);
        Assert.Equal(expected, buffer.Order(userRank, itemRank));
        Assert.Equal(0, buffer.Count);
    }
}

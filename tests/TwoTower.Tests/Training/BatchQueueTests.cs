using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class BatchQueueTests
{
    [Fact]
    public void Fetch_InOrderOrNot_GivesTheSourcesBatches()
    {
        var examples = new FakeExamples();
        using var queue = new BatchQueue(examples, readsAhead: true);
        foreach (var (epoch, step) in new[] { (0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (0, 0), (0, 1) })
        {
            var expected = new TrainingBatch(examples.UserColumns);
            examples.Fill(epoch, step, expected);
            var batch = queue.Fetch(epoch, step);
            Assert.Equal(expected.Item, batch.Item);
            Assert.Equal(expected.Users.Values.ToArray(), batch.Users.Values.ToArray());
        }
    }
}

using TwoTower.Kernels;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class BatchFetchTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Fetch_StepsInAnyOrder_GivesWhatTheSourceFills(int threads)
    {
        var examples = new FakeExamples();
        using var team = new WorkTeam(threads);
        var fetch = new BatchFetch(examples, team);
        foreach (var (epoch, step) in new[] { (0, 0), (0, 1), (0, 2), (1, 0), (1, 2), (0, 0) })
        {
            var expected = new TrainingBatch(examples.UserColumns);
            examples.Fill(epoch, step, expected);
            AssertSame(expected, fetch.Fetch(epoch, step));
        }
    }

    [Fact]
    public void Fetch_SourceWithoutKnownItems_LeavesThemOut()
    {
        using var team = new WorkTeam(2);
        var fetch = new BatchFetch(new StoredExamples(new FakeExamples(), withKnown: false), team);
        var batch = fetch.Fetch(0, 0);
        Assert.Equal([0], batch.KnownOffsets);
        Assert.Empty(batch.KnownItems);
        Assert.Equal(batch.Users.Rows + 1, batch.DislikedOffsets.Count);
    }

    private static void AssertSame(TrainingBatch expected, TrainingBatch found)
    {
        Assert.Equal(expected.Users.Offsets, found.Users.Offsets);
        Assert.Equal(expected.Users.Indices, found.Users.Indices);
        Assert.Equal(expected.Users.Values, found.Users.Values);
        Assert.Equal(expected.UserRow, found.UserRow);
        Assert.Equal(expected.Item, found.Item);
        Assert.Equal(expected.Weight, found.Weight);
        Assert.Equal(expected.KnownOffsets, found.KnownOffsets);
        Assert.Equal(expected.KnownItems, found.KnownItems);
        Assert.Equal(expected.DislikedOffsets, found.DislikedOffsets);
        Assert.Equal(expected.DislikedItems, found.DislikedItems);
    }
}

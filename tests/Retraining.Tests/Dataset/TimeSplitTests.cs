using Retraining.Dataset;
using Retraining.Execution;
using Retraining.Tests.Features;

namespace Retraining.Tests.Dataset;

public sealed class TimeSplitTests
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];

    [Fact]
    public void LeaveLast_TenLikes_HoldsOutTwoAndValidatesOnOne()
    {
        var data = World(Enumerable.Range(1, 10));
        var split = TimeSplit.Of(data.Log, new SplitSettings());

        Assert.Equal((0..7, 7..8, 8..10), (split.Training(0), split.Validation(0), split.HoldOut(0)));
        Assert.Equal([7], split.ValidationTargets(0));
        Assert.Equal([8, 9], split.HoldOutTargets(0));
    }

    [Theory]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 9, 9, 10 }, 7, 9)] // the border moves past likes at the time of the last one before it
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 7, 9, 9, 9 }, 7, 10)] // nothing later remains to hold out; validation still does
    [InlineData(new[] { 3, 3, 3, 3, 3, 3, 3, 3, 3, 3 }, 10, 10)]
    [InlineData(new[] { 1, 2, 3, 4, 5, 6, 8, 8, 9, 10 }, 8, 8)]
    public void LeaveLast_TiesAtTheBorder_StayTogether(int[] days, int validationStart, int holdOutStart)
    {
        var data = World(days);
        var split = TimeSplit.Of(data.Log, new SplitSettings());

        Assert.Equal((validationStart, holdOutStart), (split.ValidationStart[0], split.HoldOutStart[0]));
    }

    [Fact]
    public void LeaveLast_DislikeAtTheTimeOfTheTarget_IsNotBeforeIt()
    {
        (string, string, bool)[] events =
            [("b", "2026-01-01", true), ("c", "2026-01-02", true), ("d", "2026-01-03", true), ("e", "2026-01-04", true), ("a", "2026-01-05", false), ("f", "2026-01-05", true)];
        var data = Catalogue().User("u", null, events).Build();

        Assert.Equal(4..6, TimeSplit.Of(data.Log, new SplitSettings()).HoldOut(0));
    }

    [Fact]
    public void LeaveLast_FewLikes_StayInTraining()
    {
        var data = World(Enumerable.Range(1, 4)); // 20 % of four likes is none
        var split = TimeSplit.Of(data.Log, new SplitSettings());

        Assert.Equal(0..4, split.Training(0));
        Assert.Empty(split.HoldOutTargets(0));
    }

    [Fact]
    public void Targets_ItemDecidedBefore_IsNoTarget()
    {
        var data = Catalogue().Likes("u", ("a", "2026-01-01"), ("b", "2026-01-02"), ("c", "2026-01-03"), ("d", "2026-01-04"), ("a", "2026-01-05")).Build();
        var split = TimeSplit.Of(data.Log, new SplitSettings());

        Assert.Equal(4..5, split.HoldOut(0));
        Assert.Empty(split.HoldOutTargets(0));
    }

    [Fact]
    public void Period_TwoUsers_CountsBackFromTheNewestEvent()
    {
        var data = Catalogue()
            .Likes("new", ("a", "2026-01-30"))
            .Likes("old", ("a", "2026-01-01"), ("b", "2026-01-20"), ("c", "2026-01-24T00:00:00Z"), ("d", "2026-01-31T00:00:00Z"))
            .Build();
        var split = TimeSplit.Of(data.Log, new SplitSettings { Kind = "period" }); // newest 31 January: hold-out after the 24th, validation after the 17th

        Assert.Equal((0..0, 0..1), (split.Training(0), split.HoldOut(0)));
        Assert.Equal((1..2, 2..4, 4..5), (split.Training(1), split.Validation(1), split.HoldOut(1)));
    }

    [Theory]
    [InlineData("random", 0.2, "split.kind: random, expected leave-last or period")]
    [InlineData("leave-last", 1.0, "split.hold_out_share: 1, expected at least 0 and below 1")]
    public void Of_WrongSetting_SaysWhich(string kind, double share, string message)
    {
        var error = Assert.Throws<PermanentStageException>(() => TimeSplit.Of(World([1]).Log, new SplitSettings { Kind = kind, HoldOutShare = share }));
        Assert.Equal(message, error.Message);
    }

    [Theory]
    [InlineData("leave-last")]
    [InlineData("period")]
    public void Of_AnyWorld_NeverSplitsEqualTimes(string kind)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var log = Features.World.Random(seed).Log;
            for (var e = 0; e < log.Events; e++)
                log.Time[e] -= log.Time[e] % (1000 * 3600 * 24 * 5L); // many ties
            var split = TimeSplit.Of(log, new SplitSettings { Kind = kind, HoldOutDays = 10 });
            for (var user = 0; user < log.Users; user++)
            {
                foreach (var border in (int[])[split.ValidationStart[user], split.HoldOutStart[user]])
                {
                    if (border > log.Offsets[user] && border < log.Offsets[user + 1])
                        Assert.True(log.Time[border - 1] < log.Time[border]);
                }

                Assert.True(split.ValidationStart[user] <= split.HoldOutStart[user]);
            }
        }
    }

    private static SnapshotData World(IEnumerable<int> days) =>
        Catalogue().Likes("u", [.. days.Select((day, k) => (Names[k], $"2026-01-{day:D2}"))]).Build();

    private static World Catalogue() => new World().Add([.. Names.Select(name => new Retraining.Source.Video { Id = name })]);
}

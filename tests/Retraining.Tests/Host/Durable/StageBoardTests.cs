using Retraining.Host.Durable;
using Retraining.Operations;

namespace Retraining.Tests.Host.Durable;

public sealed class StageBoardTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 15, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void ToJson_StagesOfARun_ReadTheSameElsewhere()
    {
        var board = new StageBoard();
        board.Started(Stages.SyncSource, 1, Noon);
        board.Failed(Stages.SyncSource, "connection reset", forGood: false, Noon.AddMinutes(1));
        board.Started(Stages.SyncSource, 2, Noon.AddMinutes(2));
        board.Completed(Stages.SyncSource, Noon.AddMinutes(3));
        board.Started(Stages.CheckContract, 1, Noon.AddMinutes(3));
        board.Failed(Stages.CheckContract, new string('x', 5000), forGood: true, Noon.AddMinutes(4));

        var stages = StageBoard.Read(board.ToJson().GetRawText());

        Assert.Equal(["sync", "contract"], stages.Select(stage => stage.Name));
        Assert.Equal([StageStatus.Completed, StageStatus.Failed], stages.Select(stage => stage.Status));
        Assert.Equal((2, Noon, Noon.AddMinutes(3)), (stages[0].Attempts, stages[0].StartedAt, stages[0].EndedAt!.Value));
        Assert.Equal(301, stages[1].Error!.Length); // 300 and an ellipsis
    }

    [Fact]
    public void ToJson_EveryStageFailedWithALongError_FitsIntoACustomStatus()
    {
        var board = new StageBoard();
        foreach (var stage in Stages.All)
        {
            board.Started(stage, 5, Noon);
            board.Failed(stage, new string('障', 5000), forGood: true, Noon.AddHours(1));
        }

        var json = board.ToJson().GetRawText();

        Assert.InRange(json.Length, 1, StageBoard.MaxLength);
        Assert.All(StageBoard.Read(json), stage => Assert.StartsWith("障", stage.Error, StringComparison.Ordinal));
        Assert.Equal(Stages.All.Count, StageBoard.Read(json).Count);
    }

    [Fact]
    public void Started_PartsOfAStage_AreOneLineThatEndsWithTheLast()
    {
        var board = new StageBoard();
        var (first, second) = (Stages.BuildUserFeatures with { Title = "part 1 of 2" }, Stages.BuildUserFeatures with { Title = "part 2 of 2" });
        board.Started(first, 1, Noon);
        board.Started(second, 1, Noon);
        board.Completed(second, Noon.AddMinutes(1));

        var running = Assert.Single(StageBoard.Read(board.ToJson().GetRawText()));
        board.Completed(first, Noon.AddMinutes(2));
        var done = Assert.Single(StageBoard.Read(board.ToJson().GetRawText()));

        Assert.Equal((StageStatus.Running, Stages.BuildUserFeatures.Title), (running.Status, running.Title));
        Assert.Equal((StageStatus.Completed, Noon.AddMinutes(2)), (done.Status, done.EndedAt!.Value));
    }

    [Fact]
    public void Read_NothingYet_IsEmpty() => Assert.Empty(StageBoard.Read(null));
}

using Retraining.Execution;
using Retraining.Local.Runs;

namespace Retraining.Tests.Local.Runs;

public sealed class ProgressBoardTests
{
    private readonly List<byte[]> _written = [];

    [Fact]
    public void Write_ManyReports_WritesTheNewestOnceAndNothingWhenNothingIsNew()
    {
        var board = new ProgressBoard(_written.Add);
        for (var i = 1; i <= 10_000; i++)
            board.For(3).Report(new StageProgress { Message = $"step {i}" });
        board.Write();
        board.Write();

        Assert.Equal("step 10000", ProgressBoard.Read(Assert.Single(_written))[3].Message);
        board.Remove(3);
        board.Write();
        Assert.Empty(ProgressBoard.Read(_written[1]));
    }

    [Theory]
    [InlineData(1, 500)]
    [InlineData(136, 10)] // as many as the settings let run at once
    public void Write_LongTextsOfManyStages_StaysUnder16Kilobytes(int stages, int message)
    {
        var board = new ProgressBoard(_written.Add);
        var values = Enumerable.Range(0, 500).ToDictionary(i => $"{new string('m', i)}{i}", i => (double)i);
        for (var call = 0; call < stages; call++)
            board.For(call).Report(new StageProgress { Message = new string('x', 100_000), Values = values });

        board.Write();

        Assert.InRange(Assert.Single(_written).Length, 1, 16 * 1024);
        var read = ProgressBoard.Read(_written[0]);
        Assert.Equal(stages, read.Count);
        Assert.All(read.Values, progress => Assert.Equal(message, progress.Message.Length));
    }
}

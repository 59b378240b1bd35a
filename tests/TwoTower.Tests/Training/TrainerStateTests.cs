using TwoTower.Model;
using TwoTower.Training;

namespace TwoTower.Tests.Training;

public sealed class TrainerStateTests
{
    private static readonly ModelShape Shape = new() { UserInputDim = 5, ItemInputDim = 4, HiddenDim = 3, EmbeddingDim = 2 };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Load_SavedState_GivesEverythingBack(bool hasBest)
    {
        var state = State(hasBest);
        var loaded = TrainerState.Load(Saved(state));

        Assert.Equal(state.Steps, loaded.Steps);
        Assert.Equal(state.Epochs, loaded.Epochs);
        Assert.Equal(Values(state.Model), Values(loaded.Model));
        Assert.Equal(Values(state.FirstMoment), Values(loaded.FirstMoment));
        Assert.Equal(Values(state.SecondMoment), Values(loaded.SecondMoment));
        Assert.Equal(hasBest ? Values(state.Best!) : null, loaded.Best is { } best ? Values(best) : null);
    }

    [Fact]
    public void Load_CutOrForeignStream_SaysSo()
    {
        var bytes = Saved(State(true)).ToArray();
        Assert.Throws<InvalidDataException>(() => TrainerState.Load(new MemoryStream(bytes[..^5])));
        Assert.Throws<InvalidDataException>(() => TrainerState.Load(new MemoryStream(bytes[..10])));
        bytes[0]++;
        Assert.Contains("expected 31535454", Assert.Throws<InvalidDataException>(() => TrainerState.Load(new MemoryStream(bytes))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_Cancelled_WritesNothingMore()
    {
        var shape = Shape with { UserInputDim = 300_000 }; // 3.6 MB in the first tensor alone
        var state = new TrainerState { Model = new(shape), FirstMoment = new(shape), SecondMoment = new(shape), Steps = 1, Epochs = [] };
        using var stop = new CancellationTokenSource();
        using var stream = new CancellingStream(stop, after: 2_000_000);

        Assert.ThrowsAny<OperationCanceledException>(() => state.Save(stream, stop.Token));
        Assert.InRange(stream.Length, 2_000_000, 2_000_000 + (1 << 20));
    }

    private static TrainerState State(bool hasBest) => new()
    {
        Model = TwoTowerModel.Create(Shape, 1),
        FirstMoment = TwoTowerModel.Create(Shape, 2),
        SecondMoment = TwoTowerModel.Create(Shape, 3),
        Best = hasBest ? TwoTowerModel.Create(Shape, 4) : null,
        Steps = 123,
        Epochs = [new(1, 0.5, 2, 0.25), new(2, 0.4, 1.5, null)],
    };

    private static MemoryStream Saved(TrainerState state)
    {
        var stream = new MemoryStream();
        state.Save(stream, CancellationToken.None);
        stream.Position = 0;
        return stream;
    }

    /// <summary>Cancels once so many bytes are written.</summary>
    private sealed class CancellingStream(CancellationTokenSource stop, long after) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            base.Write(buffer);
            if (Length >= after)
                stop.Cancel();
        }
    }

    private static float[] Values(TwoTowerModel model) => [.. model.Tensors.SelectMany(tensor => tensor.Values)];
}

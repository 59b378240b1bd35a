using System.Runtime.InteropServices;
using TwoTower.Model;

namespace TwoTower.Training;

/// <summary>A trainer's state as bytes: magic, shape, counters, then every tensor as little-endian float32, and a closing magic.</summary>
internal static class TrainerStateFormat
{
    private const uint Magic = 0x31535454; // "TTS1"
    private const uint End = 0x444E4554; // "TEND"
    private const int Block = 1 << 18; // values written at a time

    public static void Write(TrainerState state, Stream stream, CancellationToken cancellationToken)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        var shape = state.Model.Shape;
        writer.Write(Magic);
        writer.Write(shape.UserInputDim);
        writer.Write(shape.ItemInputDim);
        writer.Write(shape.HiddenDim);
        writer.Write(shape.EmbeddingDim);
        writer.Write(shape.LinearSkip);
        writer.Write(state.Steps);
        writer.Write(state.Epochs.Count);
        foreach (var epoch in state.Epochs)
        {
            writer.Write(epoch.Loss);
            writer.Write(epoch.GradientNorm);
            writer.Write(epoch.Metric.HasValue);
            writer.Write(epoch.Metric ?? 0);
        }

        writer.Write(state.Best is not null);
        foreach (var model in Models(state))
        {
            foreach (var tensor in model.Tensors)
                Write(writer, tensor.Values, cancellationToken);
        }

        writer.Write(End);
    }

    public static TrainerState Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            return Read(reader);
        }
        catch (EndOfStreamException error)
        {
            throw new InvalidDataException("trainer state: the stream ends too early", error);
        }
    }

    private static TrainerState Read(BinaryReader reader)
    {
        Expect(reader, Magic, "start");
        var shape = new ModelShape
        {
            UserInputDim = reader.ReadInt32(),
            ItemInputDim = reader.ReadInt32(),
            HiddenDim = reader.ReadInt32(),
            EmbeddingDim = reader.ReadInt32(),
            LinearSkip = reader.ReadBoolean(),
        };
        var steps = reader.ReadInt64();
        var epochs = new List<EpochReport>();
        var count = reader.ReadInt32();
        for (var e = 0; e < count; e++)
        {
            var (loss, norm, hasMetric, metric) = (reader.ReadDouble(), reader.ReadDouble(), reader.ReadBoolean(), reader.ReadDouble());
            epochs.Add(new(e + 1, loss, norm, hasMetric ? metric : null));
        }

        var hasBest = reader.ReadBoolean();
        var state = new TrainerState
        {
            Model = ReadModel(reader, shape),
            FirstMoment = ReadModel(reader, shape),
            SecondMoment = ReadModel(reader, shape),
            Best = hasBest ? ReadModel(reader, shape) : null,
            Steps = steps,
            Epochs = epochs,
        };
        Expect(reader, End, "end");
        return state;
    }

    private static void Write(BinaryWriter writer, float[] values, CancellationToken cancellationToken)
    {
        for (var start = 0; start < values.Length; start += Block)
        {
            cancellationToken.ThrowIfCancellationRequested();
            writer.Write(MemoryMarshal.AsBytes(values.AsSpan(start, Math.Min(Block, values.Length - start))));
        }
    }

    private static IEnumerable<TwoTowerModel> Models(TrainerState state)
    {
        yield return state.Model;
        yield return state.FirstMoment;
        yield return state.SecondMoment;
        if (state.Best is not null)
            yield return state.Best;
    }

    private static TwoTowerModel ReadModel(BinaryReader reader, ModelShape shape)
    {
        var model = new TwoTowerModel(shape);
        foreach (var tensor in model.Tensors)
            reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(tensor.Values.AsSpan()));
        return model;
    }

    private static void Expect(BinaryReader reader, uint magic, string where)
    {
        var found = reader.ReadUInt32();
        if (found != magic)
            throw new InvalidDataException($"trainer state: {found:X8} at its {where}, expected {magic:X8}");
    }
}

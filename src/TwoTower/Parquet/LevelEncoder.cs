using System.Buffers;
using System.Buffers.Binary;

namespace TwoTower.Parquet;

/// <summary>Writes levels of one bit in the format's hybrid of runs and packed bits, whichever is shorter for the page, after their length.</summary>
internal static class LevelEncoder
{
    /// <param name="levels">Each 0 or 1.</param>
    public static void Write(ReadOnlySpan<byte> levels, IBufferWriter<byte> output)
    {
        var runs = 0;
        for (var i = 0; i < levels.Length; i++)
            runs += i == 0 || levels[i] != levels[i - 1] ? 1 : 0;

        var groups = (levels.Length + 7) / 8;
        var bytes = new ArrayBufferWriter<byte>(64);
        if (4L * runs < groups)
            WriteRuns(levels, bytes);
        else
            WriteBits(levels, groups, bytes);
        BinaryPrimitives.WriteInt32LittleEndian(output.GetSpan(4), bytes.WrittenCount);
        output.Advance(4);
        output.Write(bytes.WrittenSpan);
    }

    private static void WriteRuns(ReadOnlySpan<byte> levels, ArrayBufferWriter<byte> output)
    {
        for (var start = 0; start < levels.Length;)
        {
            var rest = levels[start..];
            var length = rest.IndexOfAnyExcept(rest[0]);
            length = length < 0 ? rest.Length : length;
            Varint.Write((uint)length << 1, output);
            output.Write([rest[0]]);
            start += length;
        }
    }

    private static void WriteBits(ReadOnlySpan<byte> levels, int groups, ArrayBufferWriter<byte> output)
    {
        if (groups == 0)
            return;
        Varint.Write(((uint)groups << 1) | 1, output);
        var bits = output.GetSpan(groups)[..groups];
        bits.Clear();
        for (var i = 0; i < levels.Length; i++)
            bits[i >> 3] |= (byte)(levels[i] << (i & 7));
        output.Advance(groups);
    }
}

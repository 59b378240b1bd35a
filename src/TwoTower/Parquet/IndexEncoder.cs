using System.Buffers;
using System.Buffers.Binary;

namespace TwoTower.Parquet;

/// <summary>Writes dictionary indices in the format's hybrid: one run where all are the same, else packed bits.</summary>
internal static class IndexEncoder
{
    /// <param name="indices">Each 0 or more and of at most <paramref name="bitWidth"/> bits.</param>
    /// <param name="bitWidth">1 to 31.</param>
    /// <param name="output">Gets the width in one byte, then the indices.</param>
    public static void Write(ReadOnlySpan<int> indices, int bitWidth, IBufferWriter<byte> output)
    {
        output.Write([(byte)bitWidth]);
        if (indices.IsEmpty)
            return;
        if (indices.IndexOfAnyExcept(indices[0]) < 0)
            WriteRun(indices[0], indices.Length, bitWidth, output);
        else
            WriteBits(indices, bitWidth, output);
    }

    private static void WriteRun(int index, int count, int bitWidth, IBufferWriter<byte> output)
    {
        Varint.Write((uint)count << 1, output);
        for (var bits = 0; bits < bitWidth; bits += 8)
            output.Write([(byte)(index >> bits)]);
    }

    /// <summary>Groups of eight values, the last filled up with zeros.</summary>
    private static void WriteBits(ReadOnlySpan<int> indices, int bitWidth, IBufferWriter<byte> output)
    {
        var groups = (indices.Length + 7) / 8;
        Varint.Write(((uint)groups << 1) | 1, output);
        var packed = output.GetSpan(groups * bitWidth)[..(groups * bitWidth)];
        packed.Clear();
        ulong buffer = 0;
        int bits = 0, next = 0;
        foreach (var index in indices)
        {
            buffer |= (ulong)(uint)index << bits;
            bits += bitWidth;
            if (bits < 32)
                continue;
            BinaryPrimitives.WriteUInt32LittleEndian(packed[next..], (uint)buffer);
            (buffer, bits, next) = (buffer >> 32, bits - 32, next + 4);
        }

        for (; bits > 0; bits -= 8, buffer >>= 8)
            packed[next++] = (byte)buffer;
        output.Advance(packed.Length);
    }
}

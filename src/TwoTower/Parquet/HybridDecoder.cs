using System.Buffers.Binary;

namespace TwoTower.Parquet;

/// <summary>Reads the format's hybrid of runs and packed bits: levels and dictionary indices.</summary>
internal static class HybridDecoder
{
    /// <param name="bitWidth">Bits of a value, 0 to 32.</param>
    /// <param name="output">Overwritten; its length says how many values are wanted.</param>
    /// <exception cref="InvalidDataException">The data ends before that.</exception>
    public static void Read(ReadOnlySpan<byte> data, int bitWidth, Span<int> output, string where)
    {
        if (bitWidth is < 0 or > 32)
            throw new InvalidDataException($"{where}: values of {bitWidth} bits, expected 0 to 32");
        for (var done = 0; done < output.Length;)
        {
            var header = Varint(ref data, where);
            var run = header >> 1;
            if ((header & 1) == 0)
            {
                var count = (int)Math.Min(run, (uint)(output.Length - done));
                var value = Take(ref data, (bitWidth + 7) / 8, where);
                if (count == 0)
                    throw new InvalidDataException($"{where}: a run of 0 values, expected at least 1");
                output.Slice(done, count).Fill(Bytes(value));
                done += count;
            }
            else
            {
                var count = (int)Math.Min(8L * run, output.Length - done);
                if (count == 0)
                    throw new InvalidDataException($"{where}: 0 groups of packed bits, expected at least 1");
                var bytes = (long)run * bitWidth; // 8 values a group
                var packed = Take(ref data, (int)Math.Min(bytes, data.Length), where);
                if (((long)count * bitWidth + 7) / 8 > packed.Length)
                    throw new InvalidDataException($"{where}: {packed.Length} bytes of packed bits, expected {bytes}");
                Unpack(packed, bitWidth, output.Slice(done, count));
                done += count;
            }
        }
    }

    private static void Unpack(ReadOnlySpan<byte> packed, int bitWidth, Span<int> output)
    {
        ulong buffer = 0;
        int bits = 0, next = 0;
        var mask = (1UL << bitWidth) - 1;
        for (var i = 0; i < output.Length; i++)
        {
            for (; bits < bitWidth; bits += 8)
                buffer |= (ulong)packed[next++] << bits;
            output[i] = (int)(buffer & mask);
            buffer >>= bitWidth;
            bits -= bitWidth;
        }
    }

    private static int Bytes(ReadOnlySpan<byte> value)
    {
        Span<byte> padded = stackalloc byte[4];
        padded.Clear();
        value.CopyTo(padded);
        return BinaryPrimitives.ReadInt32LittleEndian(padded);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> data, int count, string where)
    {
        if (count > data.Length)
            throw new InvalidDataException($"{where}: {data.Length} bytes left, expected {count} more");
        var taken = data[..count];
        data = data[count..];
        return taken;
    }

    private static uint Varint(ref ReadOnlySpan<byte> data, string where)
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Take(ref data, 1, where)[0];
            value |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
                return value;
        }

        throw new InvalidDataException($"{where}: a run length of more than 32 bits");
    }
}

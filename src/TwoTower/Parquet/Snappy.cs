namespace TwoTower.Parquet;

/// <summary>Decompresses raw Snappy blocks.</summary>
/// <remarks>Source: the Snappy compressed format description, without the framing format.</remarks>
internal static class Snappy
{
    /// <param name="output">Overwritten; exactly as long as the block says.</param>
    /// <exception cref="InvalidDataException">The block is broken or of another length.</exception>
    public static void Decompress(ReadOnlySpan<byte> block, Span<byte> output, string where)
    {
        var position = 0;
        var length = Preamble(block, ref position, where);
        if (length != (uint)output.Length)
            throw new InvalidDataException($"{where}: Snappy block of {length} bytes, expected {output.Length} as in the page header");

        var written = 0;
        while (position < block.Length)
        {
            var tag = block[position++];
            if ((tag & 3) == 0)
                Literal(block, ref position, tag >> 2, output, ref written, where);
            else
                Copy(block, ref position, tag, output, ref written, where);
        }

        if (written != output.Length)
            throw new InvalidDataException($"{where}: Snappy block gave {written} bytes, expected {output.Length}");
    }

    private static uint Preamble(ReadOnlySpan<byte> block, ref int position, string where)
    {
        uint length = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            var next = Number(block, ref position, 1, where);
            length |= (uint)(next & 0x7F) << shift;
            if (next < 0x80)
                return length;
        }

        throw new InvalidDataException($"{where}: Snappy length of more than 32 bits");
    }

    private static void Literal(ReadOnlySpan<byte> block, ref int position, int size, Span<byte> output, ref int written, string where)
    {
        var length = (size < 60 ? size : Number(block, ref position, size - 59, where)) + 1L;
        if (length > block.Length - position || length > output.Length - written)
            throw new InvalidDataException($"{where}: Snappy literal of {length} bytes runs over the end");
        block.Slice(position, (int)length).CopyTo(output[written..]);
        position += (int)length;
        written += (int)length;
    }

    private static void Copy(ReadOnlySpan<byte> block, ref int position, int tag, Span<byte> output, ref int written, string where)
    {
        var (length, offset) = (tag & 3) switch
        {
            1 => (4 + (tag >> 2 & 7), (tag >> 5) * 256L + Number(block, ref position, 1, where)),
            2 => (1 + (tag >> 2), Number(block, ref position, 2, where)),
            _ => (1 + (tag >> 2), Number(block, ref position, 4, where)),
        };
        if (offset <= 0 || offset > written || length > output.Length - written)
            throw new InvalidDataException($"{where}: Snappy copy of {length} bytes from {offset} back runs over an end");
        for (var i = 0; i < length; i++, written++)
            output[written] = output[written - (int)offset]; // the ranges may overlap: that is how runs are written
    }

    private static long Number(ReadOnlySpan<byte> block, ref int position, int bytes, string where)
    {
        if (bytes > block.Length - position)
            throw new InvalidDataException($"{where}: Snappy block ends early");
        long value = 0;
        for (var i = 0; i < bytes; i++)
            value |= (long)block[position++] << (8 * i);
        return value;
    }
}

using System.Buffers;

namespace TwoTower.Parquet;

/// <summary>Numbers in groups of seven bits, the lowest first.</summary>
internal static class Varint
{
    public static void Write(uint value, IBufferWriter<byte> output)
    {
        for (; value >= 0x80; value >>= 7)
            output.Write([(byte)(value | 0x80)]);
        output.Write([(byte)value]);
    }
}

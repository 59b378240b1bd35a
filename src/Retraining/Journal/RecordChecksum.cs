using System.Buffers.Binary;
using System.Numerics;

namespace Retraining.Journal;

/// <summary>CRC-32C (Castagnoli), as in RFC 3720 appendix B.4.</summary>
public static class RecordChecksum
{
    public static uint Of(ReadOnlySpan<byte> data)
    {
        var crc = uint.MaxValue;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (var b in data)
            crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}

using System.Buffers.Binary;
using Retraining.Journal;

namespace Retraining.Local.Journal;

/// <summary>A record on the disk: length of the payload (uint32), CRC-32C of the payload (uint32), payload. Little endian.</summary>
internal static class JournalFrame
{
    public const int HeaderSize = 8;

    /// <summary>Stages hand over references, never data: a larger record is a mistake.</summary>
    public const int MaxPayload = 4 << 20;

    public static byte[] Encode(ReadOnlySpan<byte> payload)
    {
        if (payload.Length is 0 or > MaxPayload)
            throw new InvalidDataException($"a record of {payload.Length} bytes, expected 1 to {MaxPayload}: stages hand over references, not data");

        var frame = new byte[HeaderSize + payload.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)payload.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(4), Crc32C(payload));
        payload.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    /// <summary>Length of the payload of an intact frame at the start of <paramref name="bytes"/>, or 0.</summary>
    public static int IntactPayload(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderSize)
            return 0;

        var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        if (length is 0 or > MaxPayload || length > bytes.Length - HeaderSize)
            return 0;

        var payload = bytes.Slice(HeaderSize, (int)length);
        return Crc32C(payload) == BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]) ? (int)length : 0;
    }

    /// <inheritdoc cref="RecordChecksum"/>
    public static uint Crc32C(ReadOnlySpan<byte> data) => RecordChecksum.Of(data);
}

using System.Buffers.Binary;

namespace TwoTower.TorchZip;

/// <summary>One uncompressed file of a zip, and its two headers. What does not fit 32 bits goes into an extra field of zip64.</summary>
/// <param name="Name">In ASCII.</param>
/// <param name="Size">Bytes of content.</param>
/// <param name="Offset">Of the local header in the zip.</param>
/// <param name="Limit">Sizes and offsets from here on are written as zip64; 4 GiB − 1 but for tests.</param>
internal sealed record ZipMember(byte[] Name, uint Crc, long Size, long Offset, long Limit)
{
    private const int LocalHeader = 30, CentralHeader = 46, ExtraHeader = 4, Alignment = 64;
    private const ushort Zip64 = 1, WithZip64 = 45, Plain = 10;

    /// <summary>1 January 1980, 00:00, in DOS format: the same for every file.</summary>
    private const ushort Time = 0, Date = 0x21;

    private bool IsLarge => Size >= Limit;

    private bool IsFar => Offset >= Limit;

    /// <summary>What stands before the content; its padding puts the content on a 64-byte border, as PyTorch's readers like it.</summary>
    public byte[] Local()
    {
        long[] wide = IsLarge ? [Size, Size] : [];
        var fixedLength = LocalHeader + Name.Length + ExtraLength(wide) + ExtraHeader;
        var padding = (int)(-(Offset + fixedLength) & (Alignment - 1));
        var header = new byte[fixedLength + padding];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034b50);
        Common(header.AsSpan(4), IsLarge, ExtraLength(wide) + ExtraHeader + padding);
        Name.CopyTo(header, LocalHeader);
        var extra = header.AsSpan(LocalHeader + Name.Length);
        extra = extra[WriteZip64(extra, wide)..];
        "FB"u8.CopyTo(extra);
        BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)padding);
        extra[ExtraHeader..].Fill((byte)'Z');
        return header;
    }

    /// <summary>The entry in the directory.</summary>
    public byte[] Central()
    {
        long[] wide = [.. IsLarge ? [Size, Size] : Array.Empty<long>(), .. IsFar ? [Offset] : Array.Empty<long>()];
        var header = new byte[CentralHeader + Name.Length + ExtraLength(wide)];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014b50);
        Common(header.AsSpan(6), wide.Length > 0, ExtraLength(wide));
        BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), Narrow(Offset, IsFar));
        Name.CopyTo(header, CentralHeader);
        WriteZip64(header.AsSpan(CentralHeader + Name.Length), wide);
        return header;
    }

    private static uint Narrow(long value, bool isWide) => isWide ? uint.MaxValue : (uint)value;

    private static int ExtraLength(long[] wide) => wide.Length == 0 ? 0 : ExtraHeader + (8 * wide.Length);

    /// <returns>Bytes written.</returns>
    private static int WriteZip64(Span<byte> extra, long[] wide)
    {
        if (wide.Length == 0)
            return 0;
        BinaryPrimitives.WriteUInt16LittleEndian(extra, Zip64);
        BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)(8 * wide.Length));
        for (var k = 0; k < wide.Length; k++)
            BinaryPrimitives.WriteInt64LittleEndian(extra[(ExtraHeader + (8 * k))..], wide[k]);
        return ExtraLength(wide);
    }

    /// <summary>What both headers share: version needed, flags, method 0, time, date, crc, sizes, and lengths of what follows.</summary>
    private void Common(Span<byte> header, bool isWide, int extraLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, isWide ? WithZip64 : Plain);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], Time);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(header[10..], Crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[14..], Narrow(Size, IsLarge));
        BinaryPrimitives.WriteUInt32LittleEndian(header[18..], Narrow(Size, IsLarge));
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)Name.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[24..], (ushort)extraLength);
    }
}

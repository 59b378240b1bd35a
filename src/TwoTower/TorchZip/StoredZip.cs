using System.Buffers.Binary;
using System.Text;

namespace TwoTower.TorchZip;

/// <summary>Writes a zip of uncompressed members front to back, each member's content on a 64-byte border as PyTorch's readers like it.</summary>
internal sealed class StoredZip(Stream stream)
{
    private const int Alignment = 64, LocalHeader = 30, CentralHeader = 46, EndRecord = 22, ExtraHeader = 4;

    /// <summary>1 January 1980, 00:00, in DOS format: the same for every file.</summary>
    private const ushort Time = 0, Date = 0x21;

    private readonly List<(byte[] Name, uint Crc, uint Size, uint Offset)> _members = [];
    private long _position;

    /// <exception cref="ArgumentException">The file would be 4 GiB or more.</exception>
    public async Task AddAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        var nameBytes = Encoding.ASCII.GetBytes(name);
        var offset = _position;
        var contentAt = offset + LocalHeader + nameBytes.Length + ExtraHeader;
        var padding = (int)(-contentAt & (Alignment - 1));
        if (contentAt + padding + content.Length > uint.MaxValue)
            throw new ArgumentException($"{name}: ends at byte {contentAt + padding + content.Length}, expected less than 4 GiB");

        var crc = Crc32.Of(content);
        var header = new byte[LocalHeader + nameBytes.Length + ExtraHeader + padding];
        BinaryPrimitives.WriteUInt32LittleEndian(header, 0x04034b50);
        Common(header.AsSpan(4), crc, (uint)content.Length, nameBytes.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(28), (ushort)(ExtraHeader + padding));
        nameBytes.CopyTo(header, LocalHeader);
        var extra = header.AsSpan(LocalHeader + nameBytes.Length);
        "FB"u8.CopyTo(extra);
        BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], (ushort)padding);
        extra[ExtraHeader..].Fill((byte)'Z');
        await AppendAsync(header, cancellationToken);
        await AppendAsync(content, cancellationToken);
        _members.Add((nameBytes, crc, (uint)content.Length, (uint)offset));
    }

    /// <summary>Writes the directory; without it there is no zip.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var start = _position;
        foreach (var (name, crc, size, offset) in _members)
        {
            var header = new byte[CentralHeader + name.Length];
            BinaryPrimitives.WriteUInt32LittleEndian(header, 0x02014b50);
            Common(header.AsSpan(6), crc, size, name.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(header.AsSpan(42), offset);
            name.CopyTo(header, CentralHeader);
            await AppendAsync(header, cancellationToken);
        }

        var end = new byte[EndRecord];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)_members.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)_members.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)(_position - start));
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), (uint)start);
        await AppendAsync(end, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>The fields that both headers share: version needed, flags, method 0, time, date, crc, sizes, length of the name.</summary>
    private static void Common(Span<byte> header, uint crc, uint size, int nameLength)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(header, 10);
        BinaryPrimitives.WriteUInt16LittleEndian(header[6..], Time);
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], Date);
        BinaryPrimitives.WriteUInt32LittleEndian(header[10..], crc);
        BinaryPrimitives.WriteUInt32LittleEndian(header[14..], size);
        BinaryPrimitives.WriteUInt32LittleEndian(header[18..], size);
        BinaryPrimitives.WriteUInt16LittleEndian(header[22..], (ushort)nameLength);
    }

    private async Task AppendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken);
        _position += bytes.Length;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace TwoTower.TorchZip;

/// <summary>Writes a zip of uncompressed members front to back; of 4 GiB and more as zip64.</summary>
internal sealed class StoredZip(Stream stream)
{
    private const int EndRecord = 22, Zip64EndRecord = 56, Zip64Locator = 20;
    private const ushort Version = 45;
    private readonly List<ZipMember> _members = [];
    private long _position;

    /// <summary>Sizes and offsets from here on are written as zip64; smaller in tests.</summary>
    public long Limit { get; init; } = uint.MaxValue;

    /// <param name="content">Gives the content piece by piece; called twice. A piece is valid until the next one is asked for.</param>
    public async Task AddAsync(string name, Func<IEnumerable<ReadOnlyMemory<byte>>> content, CancellationToken cancellationToken)
    {
        var (crc, size) = (new Crc32(), 0L);
        foreach (var piece in content())
        {
            cancellationToken.ThrowIfCancellationRequested();
            crc.Add(piece.Span);
            size += piece.Length;
        }

        var member = new ZipMember(Encoding.ASCII.GetBytes(name), crc.Value, size, _position, Limit);
        await AppendAsync(member.Local(), cancellationToken);
        foreach (var piece in content())
            await AppendAsync(piece, cancellationToken);
        _members.Add(member);
    }

    /// <summary>Writes the directory; without it there is no zip.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        var start = _position;
        foreach (var member in _members)
            await AppendAsync(member.Central(), cancellationToken);

        var size = _position - start;
        if (_position >= Limit)
            await AppendAsync(Zip64End(start, size), cancellationToken);
        var end = new byte[EndRecord];
        BinaryPrimitives.WriteUInt32LittleEndian(end, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(8), (ushort)_members.Count);
        BinaryPrimitives.WriteUInt16LittleEndian(end.AsSpan(10), (ushort)_members.Count);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(12), (uint)size);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(16), start >= Limit ? uint.MaxValue : (uint)start);
        await AppendAsync(end, cancellationToken);
        await stream.FlushAsync(cancellationToken);
    }

    /// <summary>The end record of zip64, and what tells readers where it is.</summary>
    private byte[] Zip64End(long start, long size)
    {
        var record = new byte[Zip64EndRecord + Zip64Locator];
        BinaryPrimitives.WriteUInt32LittleEndian(record, 0x06064b50);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(4), Zip64EndRecord - 12);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(12), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(14), Version);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(24), _members.Count);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(32), _members.Count);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(40), size);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(48), start);
        var locator = record.AsSpan(Zip64EndRecord);
        BinaryPrimitives.WriteUInt32LittleEndian(locator, 0x07064b50);
        BinaryPrimitives.WriteInt64LittleEndian(locator[8..], start + size);
        BinaryPrimitives.WriteUInt32LittleEndian(locator[16..], 1);
        return record;
    }

    private async Task AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(bytes, cancellationToken);
        _position += bytes.Length;
    }
}

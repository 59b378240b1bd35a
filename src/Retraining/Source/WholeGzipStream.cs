using System.Buffers.Binary;
using System.IO.Compression;

namespace Retraining.Source;

/// <summary>Decompresses a gzip file of one member and makes sure at its end that nothing is missing, which <see cref="GZipStream"/> does not.</summary>
internal sealed class WholeGzipStream : Stream
{
    private readonly GZipStream _content;
    private readonly uint _size;
    private long _read;

    /// <param name="file">Seekable, at its beginning; disposed with this stream.</param>
    public WholeGzipStream(Stream file)
    {
        Span<byte> size = stackalloc byte[4];
        if (file.Length >= size.Length)
        {
            file.Seek(-size.Length, SeekOrigin.End);
            file.ReadExactly(size);
            file.Seek(0, SeekOrigin.Begin);
        }

        _size = BinaryPrimitives.ReadUInt32LittleEndian(size);
        _content = new GZipStream(file, CompressionMode.Decompress);
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Count(_content.Read(buffer, offset, count), count);

    public override int Read(Span<byte> buffer) => Count(_content.Read(buffer), buffer.Length);

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Count(await _content.ReadAsync(buffer, cancellationToken), buffer.Length);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _content.Dispose();
        base.Dispose(disposing);
    }

    private int Count(int read, int wanted)
    {
        _read += read;
        if (read == 0 && wanted > 0 && unchecked((uint)_read) != _size)
            throw new InvalidDataException($"{_read} bytes of content where its end says {_size}: the file is truncated");
        return read;
    }
}

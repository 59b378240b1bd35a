using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Retraining.Postgres.Serving;

/// <summary>PostgreSQL's binary COPY format, collected into large writes: a header, rows of fields with their lengths, a trailer. All big-endian.</summary>
internal sealed class CopyBuffer
{
    private const int FullBytes = 1 << 16;

    private readonly Stream _stream;
    private readonly ArrayBufferWriter<byte> _bytes = new(FullBytes * 2);

    /// <param name="stream">Of a COPY FROM STDIN.</param>
    public CopyBuffer(Stream stream)
    {
        _stream = stream;
        _bytes.Write<byte>("PGCOPY\n"u8);
        _bytes.Write<byte>([0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0]); // no flags, no extension
    }

    /// <summary>It is time to <see cref="FlushAsync"/>.</summary>
    public bool IsFull => _bytes.WrittenCount >= FullBytes;

    public void StartRow(short fields)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(2), fields);
        _bytes.Advance(2);
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        WriteLength(value.Length);
        _bytes.Write(value);
    }

    public void Write(string text)
    {
        WriteLength(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
    }

    public void Write(Guid id)
    {
        WriteLength(16);
        id.TryWriteBytes(_bytes.GetSpan(16), bigEndian: true, out _);
        _bytes.Advance(16);
    }

    public void End() => StartRow(-1);

    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await _stream.WriteAsync(_bytes.WrittenMemory, cancellationToken);
        _bytes.ResetWrittenCount();
    }

    private void WriteLength(int bytes)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), bytes);
        _bytes.Advance(4);
    }
}

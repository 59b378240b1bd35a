using System.Globalization;
using System.Text;

namespace Retraining.Tests.Source;

/// <summary>A CSV of reviews without an end, made as it is read.</summary>
internal sealed class EndlessReviews : Stream
{
    private byte[] _rows = Encoding.UTF8.GetBytes(ReviewFolder.Header);
    private int _next;
    private long _row;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    /// <summary>Bytes that were handed out.</summary>
    public override long Position { get; set; }

    /// <summary>Bytes up to the end of a row, counted from 1.</summary>
    public static long EndOf(long row) => ReviewFolder.Header.Length + (row * Row(1).Length);

    public override int Read(Span<byte> buffer)
    {
        if (_next == _rows.Length)
        {
            (_rows, _next) = (Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 1000).Select(_ => Row(++_row)))), 0);
        }

        var length = Math.Min(buffer.Length, _rows.Length - _next);
        _rows.AsSpan(_next, length).CopyTo(buffer);
        _next += length;
        Position += length;
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private static string Row(long row) => string.Create(CultureInfo.InvariantCulture, $"https://shop.example/p/1,r{row:D10},5\n");
}

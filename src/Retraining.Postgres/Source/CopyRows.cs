using System.Buffers.Binary;
using Npgsql;

namespace Retraining.Postgres.Source;

/// <summary>
/// Takes the rows out of a binary COPY, as bytes: ask <see cref="TryNext"/> until it says no, then <see cref="Fill"/>. The server sends one small
/// message a row, so many are gathered before they are looked at.
/// </summary>
internal sealed class CopyRows
{
    private const int SignatureLength = 11, HeaderLength = SignatureLength + 8, SmallestRead = 4096;

    private Stream _copy = Stream.Null;
    private byte[] _buffer = new byte[1 << 17];
    private int _start;
    private int _end;
    private bool _isOpen;

    /// <summary>Goes over to another COPY.</summary>
    /// <param name="copy">The raw data, from its beginning.</param>
    public void Begin(Stream copy)
    {
        _copy = copy;
        (_start, _end, _isOpen) = (0, 0, false);
    }

    /// <summary>
    /// Waits on this thread: rows come in small messages, and a call for each that may go on elsewhere, or to be woken by the thread that watches
    /// the sockets, would cost more than the rows. Registering with the token would, too, so who opened the COPY registers once and ends it.
    /// </summary>
    /// <returns>False at the end.</returns>
    public bool Fill(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MakeRoom();
        var before = _end;
        try
        {
            do
            {
                var read = _copy.Read(_buffer.AsSpan(_end));
                if (read == 0)
                    break;
                _end += read;
            }
            while (_buffer.Length - _end >= SmallestRead);
            return _end > before;
        }
        catch (NpgsqlException error) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(error.Message, error, cancellationToken);
        }
    }

    /// <param name="row">A row's fields; valid until the next fill.</param>
    /// <returns>False when the buffer holds no more whole rows.</returns>
    /// <exception cref="InvalidDataException">The data is no binary COPY.</exception>
    public bool TryNext(out CopyRow row)
    {
        row = default;
        if (!_isOpen && !TryOpen())
            return false;
        var rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.Length < 2)
            return false;
        var fields = BinaryPrimitives.ReadInt16BigEndian(rest);
        if (fields < 0) // the end
            return false;
        var length = 2;
        for (var field = 0; field < fields; field++)
        {
            if (rest.Length < length + 4)
                return false;
            length += 4 + Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(rest[length..]));
            if (rest.Length < length)
                return false;
        }

        row = new CopyRow(rest[2..length]);
        _start += length;
        return true;
    }

    private bool TryOpen()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        if (rest.Length < HeaderLength)
            return false;
        if (!rest.StartsWith((ReadOnlySpan<byte>)[0x50, 0x47, 0x43, 0x4F, 0x50, 0x59, 0x0A, 0xFF, 0x0D, 0x0A, 0])) // PGCOPY
            throw new InvalidDataException($"COPY: found {Convert.ToHexString(rest[..SignatureLength])}, expected the signature of the binary format");
        var length = HeaderLength + BinaryPrimitives.ReadInt32BigEndian(rest[(SignatureLength + 4)..]);
        if (rest.Length < length)
            return false;
        _start += length;
        return _isOpen = true;
    }

    private void MakeRoom()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_buffer.Length - _end < SmallestRead)
            Array.Resize(ref _buffer, checked(_buffer.Length * 2)); // one row that long
    }
}

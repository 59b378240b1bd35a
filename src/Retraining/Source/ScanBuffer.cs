using System.Buffers;
using System.Text;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>A window on a stream that moves on with a scan and keeps a row whole while it is scanned.</summary>
internal sealed class ScanBuffer(Stream stream, string origin)
{
    public const int MaxRowBytes = 32 << 20;
    private const int CutBytes = 1000;
    private static readonly SearchValues<byte> Space = SearchValues.Create(" \t\r\n"u8);

    private byte[] _bytes = new byte[1 << 16];
    private int _end;
    private long _discarded;
    private byte[]? _cut;

    /// <summary>Where the scan is, from the start of the window.</summary>
    public int Position { get; set; }

    /// <summary>Where the row that is kept begins; -1 between rows.</summary>
    public int RowStart { get; set; } = -1;

    public bool EndOfStream { get; private set; }

    /// <summary>Whether the row that is scanned is too long to be kept: its beginning alone is.</summary>
    public bool IsCut => _cut is not null;

    /// <summary>Position in the stream, after decompression.</summary>
    public long Offset => _discarded + Position;

    /// <summary>What lies before the scan.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.AsSpan(Position, _end - Position);

    /// <summary>What lies before the scan, for messages.</summary>
    public string Excerpt => Encoding.UTF8.GetString(Rest[..Math.Min(40, Rest.Length)]).ReplaceLineEndings(" ");

    /// <summary>The row from its start to the scan; valid until the next fill.</summary>
    public ScannedRow TakeRow()
    {
        var row = new ScannedRow(_cut ?? _bytes.AsMemory(RowStart, Position - RowStart), IsCut);
        RowStart = -1;
        _cut = null;
        return row;
    }

    /// <returns>False when the window ends before anything but space.</returns>
    public bool SkipSpace()
    {
        var at = Rest.IndexOfAnyExcept(Space);
        Position = at < 0 ? _end : Position + at;
        return at >= 0;
    }

    /// <summary>Moves the scan on by what <see cref="MemoryExtensions"/> found, to the end of the window when it found nothing.</summary>
    /// <returns>Whether it found something.</returns>
    public bool MoveBy(int found)
    {
        Position = found < 0 ? _end : Position + found;
        return found >= 0;
    }

    public void SkipByteOrderMark()
    {
        if (Rest.StartsWith("\uFEFF"u8))
            Position += 3;
    }

    /// <summary>Reads on; the window grows only where one row fills it, and of a row that is too long even then the beginning is kept.</summary>
    /// <exception cref="PermanentStageException">The compressed data is broken.</exception>
    public async Task FillAsync(long row, CancellationToken cancellationToken)
    {
        if (RowStart == 0 && _end == MaxRowBytes)
            _cut ??= _bytes[..CutBytes];
        var keep = RowStart >= 0 && !IsCut ? RowStart : Position;
        if (keep > 0)
        {
            _bytes.AsSpan(keep, _end - keep).CopyTo(_bytes);
            _discarded += keep;
            Position -= keep;
            _end -= keep;
            RowStart = RowStart >= 0 ? 0 : -1;
        }
        else if (_end == _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        try
        {
            var read = await stream.ReadAsync(_bytes.AsMemory(_end), cancellationToken);
            _end += read;
            EndOfStream = read == 0;
        }
        catch (InvalidDataException e)
        {
            throw new PermanentStageException($"{origin}, row {row}: found broken compressed data ({e.Message}), expected a whole gzip file", e);
        }
    }
}

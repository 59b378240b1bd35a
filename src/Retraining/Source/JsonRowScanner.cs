using System.Buffers;
using System.Runtime.CompilerServices;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>
/// Cuts a stream of JSON into the texts of its rows: the elements of one array, or objects one after another (NDJSON).
/// A broken row is still handed over whole, so that one row does not cost the file. Memory is bounded by the longest row.
/// </summary>
internal sealed class JsonRowScanner(Stream stream, string origin)
{
    private const int MaxRowBytes = 32 << 20;
    private static readonly SearchValues<byte> InString = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",]}{[ \t\r\n"u8);
    private static readonly SearchValues<byte> Space = SearchValues.Create(" \t\r\n"u8);

    private byte[] _buffer = new byte[1 << 16];
    private int _scan;
    private int _end;
    private int _rowStart = -1;
    private int _depth;
    private long _discarded;
    private bool _quoted;
    private bool _scalar;
    private bool _needsComma;
    private bool _array;
    private bool _closed;
    private bool _endOfStream;

    /// <summary>Rows begun so far.</summary>
    public long Row { get; private set; }

    /// <summary>Whether the file is one array (else objects one after another).</summary>
    public bool IsArray => _array;

    /// <summary>The rows' texts in order. Each is valid until the next is asked for.</summary>
    /// <exception cref="PermanentStageException">The file is empty, no JSON, no array, or ends too early.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        while (true)
        {
            while (TryTakeRow(out var row))
                yield return row;
            if (_endOfStream)
                break;
            await FillAsync(cancellationToken);
        }

        if (_rowStart >= 0 && _scalar && !_array)
            throw Broken("text outside an object", "one object a line");
        if (_rowStart >= 0 || (_array && !_closed))
            throw Broken($"the end of the file inside {(_rowStart >= 0 ? "this row" : "the array")}", _array ? "\"]\" at the end: the file is truncated" : "a whole object: the file is truncated");
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        while (_end < 3 && !_endOfStream)
            await FillAsync(cancellationToken);
        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8))
            _scan = 3;
        while (!SkipSpace())
        {
            if (_endOfStream)
                throw Broken("an empty file", "a JSON array of rows");
            await FillAsync(cancellationToken);
        }

        switch (_buffer[_scan])
        {
            case (byte)'[':
                _array = true;
                _scan++;
                break;
            case (byte)'{':
                break;
            case (byte)'<':
                throw Broken($"HTML or XML ({Excerpt()})", "a JSON array of rows");
            default:
                throw Broken($"\"{Excerpt()}\"", "a JSON array of rows");
        }
    }

    private bool TryTakeRow(out ReadOnlyMemory<byte> row)
    {
        row = default;
        if (_rowStart < 0 && !TryBeginRow())
            return false;
        if (!(_scalar ? ScanScalar() : ScanNested()))
            return false;

        row = _buffer.AsMemory(_rowStart, _scan - _rowStart);
        _rowStart = -1;
        _needsComma = _array;
        return true;
    }

    private bool TryBeginRow()
    {
        while (SkipSpace())
        {
            var next = _buffer[_scan];
            if (_closed)
                throw Broken($"\"{Excerpt()}\" after the array", "the end of the file");
            if (_array && next == ']')
            {
                _closed = true;
                _scan++;
            }
            else if (next == ',' && _needsComma)
            {
                _needsComma = false;
                _scan++;
            }
            else if (_needsComma)
            {
                throw Broken($"\"{Excerpt()}\" after a row", "\",\" or \"]\"");
            }
            else
            {
                _rowStart = _scan;
                _scalar = next is not ((byte)'{' or (byte)'[' or (byte)'"');
                _depth = 0;
                _quoted = false;
                Row++;
                return true;
            }
        }

        return false;
    }

    private bool ScanScalar()
    {
        var at = _buffer.AsSpan(_scan, _end - _scan).IndexOfAny(ScalarEnd);
        if (at == 0 && _scan == _rowStart)
            throw Broken($"\"{Excerpt()}\"", "a row");
        _scan = at < 0 ? _end : _scan + at;
        return at >= 0;
    }

    private bool ScanNested()
    {
        while (true)
        {
            var rest = _buffer.AsSpan(_scan, _end - _scan);
            var at = rest.IndexOfAny(_quoted ? InString : Structure);
            if (at < 0 || (rest[at] == '\\' && at + 1 == rest.Length))
            {
                _scan = at < 0 ? _end : _scan + at;
                return false;
            }

            _scan += at + (rest[at] == '\\' ? 2 : 1);
            if (rest[at] == '"')
                _quoted = !_quoted;
            else if (rest[at] is (byte)'{' or (byte)'[')
                _depth++;
            else if (rest[at] is (byte)'}' or (byte)']')
                _depth--;
            if (_depth <= 0 && !_quoted)
                return true;
        }
    }

    private bool SkipSpace()
    {
        var at = _buffer.AsSpan(_scan, _end - _scan).IndexOfAnyExcept(Space);
        _scan = at < 0 ? _end : _scan + at;
        return at >= 0;
    }

    private async Task FillAsync(CancellationToken cancellationToken)
    {
        var keep = _rowStart >= 0 ? _rowStart : _scan;
        if (keep > 0)
        {
            _buffer.AsSpan(keep, _end - keep).CopyTo(_buffer);
            _discarded += keep;
            _scan -= keep;
            _end -= keep;
            _rowStart = _rowStart >= 0 ? 0 : -1;
        }
        else if (_end == _buffer.Length)
        {
            if (_buffer.Length >= MaxRowBytes)
                throw Broken($"a row of more than {MaxRowBytes >> 20} MiB", "a shorter one: a quote or a bracket is probably not closed");
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var read = await ReadStreamAsync(cancellationToken);
        _end += read;
        _endOfStream = read == 0;
    }

    private async Task<int> ReadStreamAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
        }
        catch (InvalidDataException e)
        {
            throw new PermanentStageException($"{origin}, row {Row}: compressed data is broken ({e.Message}), expected a whole gzip file", e);
        }
    }

    private string Excerpt() => System.Text.Encoding.UTF8.GetString(_buffer.AsSpan(_scan, Math.Min(40, _end - _scan))).ReplaceLineEndings(" ");

    private PermanentStageException Broken(string found, string expected) =>
        new($"{origin}, byte {_discarded + _scan}{(Row > 0 ? $", row {Row}" : "")}: found {found}, expected {expected}");
}

using System.Buffers;
using System.Runtime.CompilerServices;
using Retraining.Execution;

namespace Retraining.Source;

/// <summary>
/// Cuts a stream of JSON into the texts of its rows: the elements of one array, or objects one after another (NDJSON).
/// A broken row is still handed over whole, so that one row does not cost the file; of one that is longer than <see cref="ScanBuffer.MaxRowBytes"/>
/// the beginning is. Memory is bounded by the longest row.
/// </summary>
internal sealed class JsonRowScanner(Stream stream, string origin)
{
    private static readonly SearchValues<byte> InString = SearchValues.Create("\"\\"u8);
    private static readonly SearchValues<byte> InObject = SearchValues.Create("\"{}"u8);
    private static readonly SearchValues<byte> InArray = SearchValues.Create("\"[]"u8);
    private static readonly SearchValues<byte> ScalarEnd = SearchValues.Create(",]}{[ \t\r\n"u8);

    private readonly ScanBuffer _text = new(stream, origin);
    private int _depth;
    private bool _quoted;
    private bool _scalar;
    private bool _object;
    private bool _needsComma;
    private bool _closed;

    /// <summary>Rows begun so far.</summary>
    public long Row { get; private set; }

    /// <summary>Whether the file is one array (else objects one after another).</summary>
    public bool IsArray { get; private set; }

    /// <summary>The rows' texts in order. Each is valid until the next is asked for.</summary>
    /// <exception cref="PermanentStageException">The file is empty, no JSON, no array, or ends too early.</exception>
    public async IAsyncEnumerable<ScannedRow> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await OpenAsync(cancellationToken);
        while (true)
        {
            while (TryTakeRow(out var row))
                yield return row;
            if (_text.EndOfStream)
                break;
            await _text.FillAsync(Row, cancellationToken);
        }

        var inside = _text.RowStart >= 0;
        if (inside && _scalar && !IsArray)
            throw Broken("text outside an object", "one object a line");
        if (inside || (IsArray && !_closed))
            throw Broken(
                $"the end of the file inside {(inside ? "this row" : "the array")}",
                $"{(IsArray ? "\"]\" at the end" : "a whole object")}: "
                + (_text.IsCut ? "a quote or a bracket is probably not closed" : "the file is truncated"));
    }

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        while (_text.Rest.Length < 3 && !_text.EndOfStream)
            await _text.FillAsync(Row, cancellationToken);
        if (_text.Rest is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, ..] or [_, 0, ..])
            throw Broken("text in UTF-16 or UTF-32, or none", "a JSON array of rows in UTF-8");
        _text.SkipByteOrderMark();
        while (!_text.SkipSpace())
        {
            if (_text.EndOfStream)
                throw Broken("an empty file", "a JSON array of rows");
            await _text.FillAsync(Row, cancellationToken);
        }

        switch (_text.Rest[0])
        {
            case (byte)'[':
                IsArray = true;
                _text.Position++;
                break;
            case (byte)'{':
                break;
            case (byte)'<':
                throw Broken($"HTML or XML ({_text.Excerpt})", "a JSON array of rows");
            default:
                throw Broken($"\"{_text.Excerpt}\"", "a JSON array of rows");
        }
    }

    private bool TryTakeRow(out ScannedRow row)
    {
        row = default;
        if (_text.RowStart < 0 && !TryBeginRow())
            return false;
        if (!(_scalar ? ScanScalar() : ScanNested()))
            return false;
        row = _text.TakeRow();
        _needsComma = IsArray;
        return true;
    }

    private bool TryBeginRow()
    {
        while (_text.SkipSpace())
        {
            var next = _text.Rest[0];
            if (_closed)
                throw Broken($"\"{_text.Excerpt}\" after the array", "the end of the file");
            if (IsArray && next == ']')
            {
                _closed = true;
                _text.Position++;
            }
            else if (next == ',' && _needsComma)
            {
                _needsComma = false;
                _text.Position++;
            }
            else if (_needsComma)
            {
                throw Broken($"\"{_text.Excerpt}\" after a row", "\",\" or \"]\"");
            }
            else
            {
                BeginRow(next);
                return true;
            }
        }

        return false;
    }

    private void BeginRow(byte first)
    {
        _text.RowStart = _text.Position;
        _object = first == '{';
        _scalar = first is not ((byte)'{' or (byte)'[' or (byte)'"');
        _depth = 0;
        _quoted = false;
        Row++;
    }

    private bool ScanScalar()
    {
        var at = _text.Rest.IndexOfAny(ScalarEnd);
        if (at == 0 && _text.Position == _text.RowStart && !_text.IsCut)
            throw Broken($"\"{_text.Excerpt}\"", "a row");
        return _text.MoveBy(at);
    }

    /// <summary>Counts the brackets of the row's own kind only, so that one wrong bracket inside costs the row and not the file.</summary>
    private bool ScanNested()
    {
        while (true)
        {
            var rest = _text.Rest;
            var at = rest.IndexOfAny(_quoted ? InString : _object ? InObject : InArray);
            if (!_text.MoveBy(at) || (rest[at] == '\\' && at + 1 == rest.Length))
                return false;

            _text.Position += rest[at] == '\\' ? 2 : 1;
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

    private PermanentStageException Broken(string found, string expected) =>
        new($"{origin}, byte {_text.Offset}{(Row > 0 ? $", row {Row}" : "")}: found {found}, expected {expected}");
}

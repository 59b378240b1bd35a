using System.Buffers.Binary;
using System.Text;

namespace Retraining.Postgres.Source;

/// <summary>The fields of one row of a binary COPY, taken in their order; null where the database has null.</summary>
/// <param name="fields">Each its length, or -1 for null, and its bytes.</param>
internal ref struct CopyRow(ReadOnlySpan<byte> fields)
{
    /// <summary>PostgreSQL counts microseconds from 2000.</summary>
    private const long EpochMs = 946_684_800_000;

    /// <summary>What .NET's dates can hold; infinity becomes one of the ends, which the row rules refuse.</summary>
    private static readonly long FirstMs = new DateTimeOffset(2, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(),
        LastMs = new DateTimeOffset(9998, 12, 31, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    private ReadOnlySpan<byte> _rest = fields;

    /// <param name="value">The field's bytes.</param>
    /// <returns>False for null.</returns>
    public bool Take(out ReadOnlySpan<byte> value)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(_rest);
        value = length < 0 ? default : _rest.Slice(4, length);
        _rest = _rest[(4 + value.Length)..];
        return length >= 0;
    }

    /// <summary><c>text</c>, trimmed; null where nothing remains.</summary>
    public string? Text() => Take(out var value) ? TextOf(value) : null;

    /// <summary>The same for texts that repeat: one object each.</summary>
    public string? Text(KnownTexts known) => Take(out var value) ? known.Of(value) : null;

    /// <returns>Trimmed; null where nothing remains.</returns>
    public static string? TextOf(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8).Trim() is { Length: > 0 } text ? text : null;

    /// <summary><c>int</c>.</summary>
    public int? Int32() => Take(out var value) ? BinaryPrimitives.ReadInt32BigEndian(value) : null;

    /// <summary><c>smallint</c>.</summary>
    public short? Int16() => Take(out var value) ? BinaryPrimitives.ReadInt16BigEndian(value) : null;

    /// <summary><c>float8</c>.</summary>
    public double? Double() => Take(out var value) ? BinaryPrimitives.ReadDoubleBigEndian(value) : null;

    /// <summary><c>bool</c>.</summary>
    public bool? Bool() => Take(out var value) ? value[0] != 0 : null;

    /// <summary><c>timestamptz</c> in unix milliseconds, rounded down.</summary>
    public long? Milliseconds()
    {
        if (!Take(out var value))
            return null;
        var microseconds = BinaryPrimitives.ReadInt64BigEndian(value);
        if (microseconds is long.MinValue or long.MaxValue)
            return microseconds < 0 ? FirstMs : LastMs;
        var (ms, rest) = Math.DivRem(microseconds, 1000);
        return Math.Clamp(EpochMs + (rest < 0 ? ms - 1 : ms), FirstMs, LastMs);
    }

    /// <inheritdoc cref="Milliseconds"/>
    public DateTimeOffset? Date() => Milliseconds() is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    /// <summary><c>text[]</c> of any shape, without its nulls.</summary>
    public List<string> Texts(KnownTexts known)
    {
        var texts = new List<string>();
        if (!Take(out var value))
            return texts;
        var dimensions = BinaryPrimitives.ReadInt32BigEndian(value);
        // Dimensions, a flag, the type of the elements, then per dimension its length and lower bound.
        var elements = new CopyRow(value[(12 + (8 * dimensions))..]);
        while (!elements._rest.IsEmpty)
        {
            if (elements.Text(known) is { } text)
                texts.Add(text);
        }

        return texts;
    }
}

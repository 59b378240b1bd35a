using System.Text;

namespace Retraining.Postgres.Source;

/// <summary>One string object per text: a million rows share a few thousand names.</summary>
internal sealed class KnownTexts
{
    private const int MaxLength = 256, MaxTexts = 1 << 20;

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);

    /// <param name="utf8">Of any length; long ones and those after the first million are not remembered.</param>
    /// <returns>Trimmed; null where nothing remains.</returns>
    public string? Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            return Encoding.UTF8.GetString(utf8).Trim() is { Length: > 0 } text ? text : null;
        Span<char> chars = stackalloc char[MaxLength];
        ReadOnlySpan<char> trimmed = chars[..Encoding.UTF8.GetChars(utf8, chars)].Trim();
        if (trimmed.IsEmpty)
            return null;
        var lookup = _texts.GetAlternateLookup<ReadOnlySpan<char>>();
        if (lookup.TryGetValue(trimmed, out var known))
            return known;
        known = trimmed.ToString();
        if (_texts.Count < MaxTexts)
            _texts.Add(known, known);
        return known;
    }
}

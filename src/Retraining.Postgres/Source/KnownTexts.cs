namespace Retraining.Postgres.Source;

/// <summary>One string object per text: a million rows share a few thousand names.</summary>
internal sealed class KnownTexts
{
    private const int MaxLength = 256, MaxTexts = 1 << 20;

    private readonly KnownBytes _known = new();
    private readonly List<string?> _texts = [];

    /// <param name="utf8">Of any length; long ones and those after the first million are not remembered.</param>
    /// <returns>Trimmed; null where nothing remains.</returns>
    public string? Of(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > MaxLength || (_texts.Count == MaxTexts && _known.Find(utf8) < 0))
            return CopyRow.TextOf(utf8);
        var number = _known.Add(utf8);
        if (number == _texts.Count)
            _texts.Add(CopyRow.TextOf(utf8));
        return _texts[number];
    }
}

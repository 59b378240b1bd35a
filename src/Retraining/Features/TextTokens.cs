using System.Text;

namespace Retraining.Features;

/// <summary>
/// Character n-grams of a title or description in any script, so that a client in another language can repeat them: <c>nfkc_ngrams</c>.
/// </summary>
/// <remarks>
/// 1. Normalisation form KC of the whole text. 2. Lower case, code point by code point. 3. Runs of letters and decimal digits, with the
/// combining marks after them; kana and Han are runs of their own. 4. A run of kana or Han gives its overlapping pairs (itself when it is
/// one character long). Any other run is a word: it gives itself and, when it is longer, its overlapping triples.
/// </remarks>
public static class TextTokens
{
    public const string Name = "nfkc_ngrams";

    private enum Script { None, Word, KanaOrHan }

    /// <summary>Calls <paramref name="token"/> with each token, in order and with repetition.</summary>
    public static void Cut(string? text, Action<ReadOnlySpan<Rune>> token)
    {
        if (string.IsNullOrEmpty(text))
            return;

        var normal = Nfkc.Normalise(text);
        var run = new Rune[2 * normal.Length]; // İ in lower case is two
        var (length, script) = (0, Script.None);
        foreach (var rune in normal.EnumerateRunes())
        {
            var next = Rune.IsLetterOrDigit(rune) ? ScriptOf(rune.Value) : IsMark(rune) ? script : Script.None;
            if (next != script)
            {
                Flush(run.AsSpan(0, length), script, token);
                (length, script) = (0, next);
            }

            if (next != Script.None)
                AddLower(rune, run, ref length);
        }

        Flush(run.AsSpan(0, length), script, token);
    }

    /// <summary>FNV-1a, 32 bits, of the token's UTF-8.</summary>
    public static uint Fnv1a32(ReadOnlySpan<Rune> token)
    {
        var hash = 2166136261u;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in token)
        {
            var length = rune.EncodeToUtf8(utf8);
            for (var i = 0; i < length; i++)
                hash = (hash ^ utf8[i]) * 16777619u;
        }

        return hash;
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune)
        is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark
        or System.Globalization.UnicodeCategory.EnclosingMark;

    private static Script ScriptOf(int code) =>
        code is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF) or 0x3005
            ? Script.KanaOrHan
            : Script.Word;

    /// <summary>The one character whose lower case is two, İ, .NET leaves as it is.</summary>
    private static void AddLower(Rune rune, Rune[] run, ref int length)
    {
        var dotted = rune.Value == 0x130;
        run[length++] = dotted ? new Rune('i') : Rune.ToLowerInvariant(rune);
        if (dotted)
            run[length++] = new Rune('\u0307');
    }

    private static void Flush(ReadOnlySpan<Rune> run, Script script, Action<ReadOnlySpan<Rune>> token)
    {
        var size = script == Script.KanaOrHan ? 2 : 3;
        if (!run.IsEmpty && (script == Script.Word || run.Length < size))
            token(run);
        for (var start = 0; start + size <= run.Length && (script == Script.KanaOrHan || run.Length > size); start++)
            token(run.Slice(start, size));
    }
}

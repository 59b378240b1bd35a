using System.Text;

namespace Retraining.Features;

/// <summary>Tokens of a title or description in any script, the way a client in another language can repeat it: <c>words_cjk_bigrams</c>.</summary>
/// <remarks>
/// 1. Width folding: U+FF01–FF5E to ASCII, half-width katakana to full-width (with their sound marks), U+3000 to a space.
/// 2. Simple lower case. 3. Runs of letters and decimal digits. 4. A run within kana or Han characters gives its overlapping pairs
/// (itself when it is one character long), any other run is one word.
/// </remarks>
public static class TextTokens
{
    public const string Name = "words_cjk_bigrams";
    private const string HalfWidthKana =
        "ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

    private enum Script { None, Word, Cjk }

    /// <summary>Calls <paramref name="token"/> with each token, in order and with repetition.</summary>
    public static void Cut(string? text, Action<string> token)
    {
        if (string.IsNullOrEmpty(text))
            return;

        var run = new List<Rune>();
        var script = Script.None;
        foreach (var rune in FoldWidth(text).EnumerateRunes())
        {
            var next = ScriptOf(rune);
            if (next != script)
            {
                Flush(run, script, token);
                script = next;
            }

            if (next != Script.None)
                run.Add(Rune.ToLowerInvariant(rune));
        }

        Flush(run, script, token);
    }

    /// <summary>FNV-1a, 32 bits, of the token's UTF-8.</summary>
    public static uint Fnv1a32(string token)
    {
        var hash = 2166136261u;
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in token.EnumerateRunes())
        {
            var length = rune.EncodeToUtf8(utf8);
            for (var i = 0; i < length; i++)
                hash = (hash ^ utf8[i]) * 16777619u;
        }

        return hash;
    }

    /// <summary>Full-width ASCII to ASCII, half-width katakana to full-width, the ideographic space to a space.</summary>
    public static string FoldWidth(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is >= '\uFF01' and <= '\uFF5E')
                folded.Append((char)(c - 0xFEE0));
            else if (c is >= '\uFF66' and <= '\uFF9D')
                folded.Append(HalfWidthKana[c - 0xFF66]);
            else if (c is '\uFF9E' or '\uFF9F')
                AddSoundMark(folded, semi: c == '\uFF9F');
            else
                folded.Append(c == '\u3000' ? ' ' : c);
        }

        return folded.ToString();
    }

    private static void AddSoundMark(StringBuilder folded, bool semi)
    {
        var last = folded.Length > 0 ? folded[^1] : '\0';
        if (last is >= 'ハ' and <= 'ホ' && (last - 'ハ') % 3 == 0)
            folded[^1] = (char)(last + (semi ? 2 : 1));
        else if (!semi && "カキクケコサシスセソタチツテト".Contains(last))
            folded[^1] = (char)(last + 1);
        else if (!semi && last == 'ウ')
            folded[^1] = 'ヴ';
        else
            folded.Append(semi ? '\u309C' : '\u309B');
    }

    private static Script ScriptOf(Rune rune) => !Rune.IsLetterOrDigit(rune)
        ? Script.None
        : rune.Value is (>= 0x3040 and <= 0x30FF) or (>= 0x3400 and <= 0x9FFF) or (>= 0xF900 and <= 0xFAFF) or (>= 0x20000 and <= 0x3FFFF)
            || rune.Value == 0x3005
            ? Script.Cjk
            : Script.Word;

    private static void Flush(List<Rune> run, Script script, Action<string> token)
    {
        if (script == Script.Cjk && run.Count > 1)
        {
            for (var i = 1; i < run.Count; i++)
                token(string.Concat(run[i - 1].ToString(), run[i].ToString()));
        }
        else if (run.Count > 0)
        {
            token(string.Concat(run.Select(rune => rune.ToString())));
        }

        run.Clear();
    }
}

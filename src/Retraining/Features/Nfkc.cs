using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Retraining.Features;

/// <summary>
/// Normalisation form KC of Unicode Standard Annex 15: compatibility characters (full and half width, ligatures, circled digits) become the
/// plain ones, and a letter and its combining marks become one character where there is one.
/// </summary>
/// <remarks>
/// <see cref="string.Normalize(NormalizationForm)"/> needs ICU, which a bare Debian has not, and without it gives the text back as it was.
/// The table, <c>nfkc.txt</c>, is of <see cref="UnicodeVersion"/>; characters of later versions stay as they are. By Unicode's policy no
/// version changes what an older one assigned.
/// </remarks>
public static class Nfkc
{
    // Hangul syllables are computed, section 3.12 of the standard.
    private const int LeadBase = 0x1100, VowelBase = 0x1161, TrailBase = 0x11A7, SyllableBase = 0xAC00;
    private const int Leads = 19, Vowels = 21, Trails = 28, Syllables = Leads * Vowels * Trails;

    private static readonly FrozenDictionary<int, int[]> Decompositions;
    private static readonly FrozenDictionary<(int First, int Second), int> Compositions;
    private static readonly FrozenDictionary<int, int> Classes;

    /// <summary>For each UTF-16 unit whether it is normalised to another one, or may be together with the one before it.</summary>
    private static readonly bool[] MayChange = new bool[char.MaxValue + 1];

    static Nfkc()
    {
        var decompositions = new Dictionary<int, int[]>();
        var compositions = new Dictionary<(int, int Second), int>();
        var classes = new Dictionary<int, int>();
        using var stream = typeof(Nfkc).Assembly.GetManifestResourceStream("nfkc.txt")!;
        using var reader = new StreamReader(stream, Encoding.ASCII);
        UnicodeVersion = reader.ReadLine()!["unicode ".Length..];
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            int[] codes = [.. words[(line[0] == 'c' ? 2 : 1)..]
                .Select(word => int.Parse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))];
            if (line[0] == 'd')
                decompositions.Add(codes[0], codes[1..]);
            else if (line[0] == 'p')
                compositions.Add((codes[0], codes[1]), codes[2]);
            else
                Array.ForEach(codes, code => classes.Add(code, int.Parse(words[1], CultureInfo.InvariantCulture)));
        }

        Decompositions = decompositions.ToFrozenDictionary();
        Compositions = compositions.ToFrozenDictionary();
        Classes = classes.ToFrozenDictionary();
        var surrogates = Enumerable.Range(0xD800, 0x800);
        var changed = decompositions.Keys.Where(code => code <= char.MaxValue && Compose(Decompose($"{(char)code}")) != $"{(char)code}");
        var combined = compositions.Keys.Select(pair => pair.Second).Concat(Enumerable.Range(VowelBase, TrailBase + Trails - VowelBase));
        foreach (var code in surrogates.Concat(changed).Concat(classes.Keys).Concat(combined).Where(code => code <= char.MaxValue))
            MayChange[code] = true;
    }

    /// <summary>Of the table, as <c>15.0.0</c>.</summary>
    public static string UnicodeVersion { get; }

    /// <summary>Half a surrogate pair becomes U+FFFD, as in UTF-8.</summary>
    public static string Normalise(string text)
    {
        foreach (var unit in text)
        {
            if (MayChange[unit])
                return Compose(Decompose(text));
        }

        return text;
    }

    private static List<int> Decompose(string text)
    {
        var codes = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.Value is >= SyllableBase and < SyllableBase + Syllables)
                AddSyllable(rune.Value - SyllableBase, codes);
            else if (Decompositions.TryGetValue(rune.Value, out var parts))
                codes.AddRange(parts);
            else
                codes.Add(rune.Value);
        }

        SortMarks(codes);
        return codes;
    }

    private static void AddSyllable(int syllable, List<int> codes)
    {
        codes.Add(LeadBase + (syllable / (Vowels * Trails)));
        codes.Add(VowelBase + (syllable % (Vowels * Trails) / Trails));
        if (syllable % Trails > 0)
            codes.Add(TrailBase + (syllable % Trails));
    }

    /// <summary>Marks that follow one letter, by their class; those of one class stay in order.</summary>
    private static void SortMarks(List<int> codes)
    {
        for (int start = 0, end; start < codes.Count; start = end)
        {
            end = start + 1;
            if (ClassOf(codes[start]) == 0)
                continue;
            while (end < codes.Count && ClassOf(codes[end]) > 0)
                end++;
            var at = start;
            foreach (var mark in codes[start..end].OrderBy(ClassOf))
                codes[at++] = mark;
        }
    }

    private static string Compose(List<int> codes)
    {
        var composed = new List<int>(codes.Count);
        var starter = -1;
        foreach (var code in codes)
        {
            var markClass = ClassOf(code);
            // A mark of the same or a higher class in between, or a letter, keeps the two apart.
            var isNext = composed.Count - 1 == starter || (ClassOf(composed[^1]) is > 0 and var between && between < markClass);
            if (starter >= 0 && isNext && Pair(composed[starter], code) is { } pair)
            {
                composed[starter] = pair;
                continue;
            }

            if (markClass == 0)
                starter = composed.Count;
            composed.Add(code);
        }

        var text = new StringBuilder(composed.Count);
        foreach (var code in composed)
            text.Append(new Rune(code));
        return text.ToString();
    }

    private static int? Pair(int first, int second)
    {
        if (first is >= LeadBase and < LeadBase + Leads && second is >= VowelBase and < VowelBase + Vowels)
            return SyllableBase + ((((first - LeadBase) * Vowels) + second - VowelBase) * Trails);
        var isOpen = first is >= SyllableBase and < SyllableBase + Syllables && (first - SyllableBase) % Trails == 0;
        if (isOpen && second is > TrailBase and < TrailBase + Trails)
            return first + second - TrailBase;
        return Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private static int ClassOf(int code) => Classes.GetValueOrDefault(code);
}

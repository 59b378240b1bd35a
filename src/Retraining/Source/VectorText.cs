using System.Globalization;

namespace Retraining.Source;

/// <summary>Reads a video's precomputed vector from text: <c>[0.5,-1]</c> as pgvector and JSON have it, <c>{0.5,-1}</c> as arrays of PostgreSQL.</summary>
public static class VectorText
{
    /// <returns>Its numbers; NaN for one that is none, and NaN alone for a text that is no list.</returns>
    public static float[] Parse(ReadOnlySpan<char> text)
    {
        text = text.Trim();
        if (text is not (['[', .., ']'] or ['{', .., '}']))
            return [float.NaN];
        text = text[1..^1].Trim();
        if (text.IsEmpty)
            return [];
        var numbers = new float[text.Count(',') + 1];
        var count = 0;
        foreach (var part in text.Split(','))
            numbers[count++] = float.TryParse(text[part], NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : float.NaN;
        return numbers;
    }
}

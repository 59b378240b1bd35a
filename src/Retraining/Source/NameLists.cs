namespace Retraining.Source;

/// <summary>Tags, performers and regions as a <see cref="Video"/> holds them.</summary>
public static class NameLists
{
    /// <summary>Trimmed, without empty ones, distinct, in ordinal order.</summary>
    public static string[] Distinct(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return [];
        var sorted = new List<string>(names.Count);
        foreach (var name in names)
        {
            if (name.Trim() is { Length: > 0 } text)
                sorted.Add(text);
        }

        sorted.Sort(StringComparer.Ordinal);
        var count = 0;
        for (var i = 0; i < sorted.Count; i++)
        {
            if (i == 0 || !string.Equals(sorted[i], sorted[count - 1], StringComparison.Ordinal))
                sorted[count++] = sorted[i];
        }

        sorted.RemoveRange(count, sorted.Count - count);
        return [.. sorted];
    }
}

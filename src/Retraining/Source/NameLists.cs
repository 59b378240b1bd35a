namespace Retraining.Source;

/// <summary>Tags, performers and regions as a <see cref="Video"/> holds them.</summary>
public static class NameLists
{
    /// <summary>Trimmed, without empty ones, distinct, in ordinal order.</summary>
    public static string[] Distinct(IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return [];
        var sorted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            var text = name.Trim();
            if (text.Length > 0)
                sorted.Add(text);
        }

        return [.. sorted];
    }
}

using System.Reflection;
using System.Text.Json;

namespace Retraining.Configuration;

/// <summary>All settings there are, read off <see cref="RetrainingSettings"/>.</summary>
public static class SettingsSchema
{
    /// <summary>In the order of the records.</summary>
    public static IReadOnlyList<SettingKey> Keys { get; } =
    [
        .. from section in typeof(RetrainingSettings).GetProperties(BindingFlags.Public | BindingFlags.Instance)
           from property in section.PropertyType.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           where property.SetMethod is not null
           select new SettingKey(section, property),
    ];

    private static readonly Dictionary<string, SettingKey> ByLooseName = Keys.ToDictionary(key => Loose(key.Path), StringComparer.Ordinal);

    /// <summary>The key that is meant, whatever its casing: <c>Training.EmbeddingDim</c>, <c>training.embedding_dim</c>. Null when there is none.</summary>
    public static SettingKey? Find(string path) => ByLooseName.GetValueOrDefault(Loose(path));

    /// <summary>The key that looks most like <paramref name="path"/>.</summary>
    public static SettingKey Nearest(string path) => Keys.MinBy(key => Distance(Loose(key.Path), Loose(path)))!;

    internal static string Snake(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    private static string Loose(string path) =>
        path.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    /// <summary>Levenshtein: fewest insertions, deletions and replacements of a letter.</summary>
    private static int Distance(string left, string right)
    {
        var row = Enumerable.Range(0, right.Length + 1).ToArray();
        for (var i = 1; i <= left.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var replaced = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[^1];
    }
}

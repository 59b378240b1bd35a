using System.Collections;

namespace Retraining.Configuration;

/// <summary>Reads the values that environment variables set: <c>TwoTower__Training__Epochs</c>. Lists are separated by commas.</summary>
public static class SettingsEnvironment
{
    private const string Prefix = "TwoTower__";

    /// <param name="variables">Names and values, as <see cref="Environment.GetEnvironmentVariables()"/> gives them.</param>
    public static IReadOnlyList<SettingValue> Read(IDictionary variables)
    {
        var values = new List<SettingValue>();
        foreach (DictionaryEntry variable in variables)
        {
            var name = (string)variable.Key;
            if (!name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
                continue;

            var path = name[Prefix.Length..].Replace("__", ".", StringComparison.Ordinal);
            values.Add(SettingsText.Value(path, variable.Value as string ?? "", $"environment variable {name}"));
        }

        return [.. values.OrderBy(value => value.Key, StringComparer.Ordinal)];
    }
}

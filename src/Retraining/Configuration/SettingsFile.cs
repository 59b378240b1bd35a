using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Retraining.Configuration;

/// <summary>Reads the values of a YAML or JSON document (JSON is YAML).</summary>
public static class SettingsFile
{
    /// <exception cref="SettingsException">The file is missing, cannot be parsed, or is no mapping.</exception>
    public static IReadOnlyList<SettingValue> Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SettingsException([$"configuration {path}: {e.Message}, expected a YAML or JSON file"]);
        }
    }

    /// <param name="text">YAML or JSON.</param>
    /// <param name="name">For messages.</param>
    public static IReadOnlyList<SettingValue> Parse(string text, string name)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new SettingsException([$"configuration {name}, line {e.Start.Line}: {e.Message}, expected YAML or JSON"]);
        }

        var values = new List<SettingValue>();
        if (stream.Documents.Count > 0)
            Flatten(stream.Documents[0].RootNode, "", name, values);
        return values;
    }

    /// <summary>Overrides as they come in a request's body.</summary>
    public static IReadOnlyList<SettingValue> From(JsonElement overrides, string name) => Parse(overrides.GetRawText(), name);

    private static void Flatten(YamlNode node, string path, string name, List<SettingValue> values)
    {
        var origin = $"{name}, line {node.Start.Line}";
        switch (node)
        {
            case YamlMappingNode mapping:
                foreach (var (key, value) in mapping.Children)
                    Flatten(value, path.Length == 0 ? key.ToString() : $"{path}.{key}", name, values);
                break;
            case YamlSequenceNode sequence when path.Length > 0:
                values.Add(new SettingValue(path, null, [.. sequence.Select(item => item.ToString())], origin));
                break;
            case YamlScalarNode scalar when path.Length > 0:
                values.Add(new SettingValue(path, IsNull(scalar) ? null : scalar.Value, null, origin));
                break;
            case YamlScalarNode scalar when IsNull(scalar):
                break;
            default:
                throw new SettingsException([$"configuration {origin}: {node.NodeType}, expected sections such as \"training:\""]);
        }
    }

    private static bool IsNull(YamlScalarNode scalar) =>
        scalar.Style == ScalarStyle.Plain && scalar.Value is null or "" or "~" or "null" or "Null" or "NULL";
}
